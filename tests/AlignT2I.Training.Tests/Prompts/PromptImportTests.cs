using System.Text;
using AlignT2I.Files;
using AlignT2I.Testing;
using AlignT2I.Training.Prompts;

namespace AlignT2I.Training.Tests.Prompts;

public class PromptImportTests
{
    TestFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TestFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void Plain_text_has_a_prompt_on_each_line_and_comments()
    {
        IReadOnlyList<Prompt> prompts = Import("a.txt", "# mine\r\n\r\nA cup, red\r\n  A cup; red \nTwo dogs in the forest");
        Assert.That(prompts.Select(p => p.Id), Is.EqualTo(new[] { "a-cup-red", "a-cup-red-2", "two-dogs-in-the-forest" }));
        Assert.That(prompts.Select(p => p.Text), Is.EqualTo(new[] { "A cup, red", "A cup; red", "Two dogs in the forest" }));
        Assert.That(prompts.Select(p => p.Split).Distinct(), Is.EqualTo(new[] { PromptSplit.Train }));
        Prompt known = RunPrompts.Import(folder["a.txt"], PromptSplit.Train, GrammarFile.Everyday)[2];
        Assert.That((known.Category, known.Object, known.Count, known.Background),
            Is.EqualTo((PromptCategory.Combination, "dog", 2, "forest")));
    }

    [Test]
    public void Csv_has_named_columns_and_quotes()
    {
        IReadOnlyList<Prompt> prompts = Import("a.csv",
            "id,Prompt,count,colour,split,images\nx,\"A \"\"big\"\" dog, red\",,red,unseen,3\n,Two cats,2,,,\n\n,Three,,,,\n");
        Assert.That(prompts[0], Is.EqualTo(
            new Prompt("x", "A \"big\" dog, red", PromptCategory.Color, PromptSplit.Unseen, Color: "red", Images: 3)));
        Assert.That(prompts[1], Is.EqualTo(new Prompt("two-cats", "Two cats", PromptCategory.Count, PromptSplit.Train, Count: 2)));
        Assert.That(prompts[2].Category, Is.EqualTo(PromptCategory.Object));
    }

    [Test]
    public void PartiPrompts_challenges_are_mapped_to_categories()
    {
        IReadOnlyList<Prompt> prompts = Import("a.tsv",
            "Prompt\tCategory\tChallenge\tNote\n"
            + "five frogs\tAnimals\tQuantity\t\n"
            + "a \"blue\" book, blue\tArtifacts\tProperties & Positioning\t\n"
            + "a book on a chair\tArtifacts\tProperties & Positioning\t\n"
            + "a street\tOutdoor Scenes\tSimple Detail\t\n"
            + "life\tAbstract\tBasic\tx\n");
        Assert.That(prompts.Select(p => p.Category), Is.EqualTo(new[]
        {
            PromptCategory.Count, PromptCategory.Color, PromptCategory.Object, PromptCategory.Background, PromptCategory.Object,
        }));
        Assert.That(prompts[1].Text, Is.EqualTo("a \"blue\" book, blue"), "quotes are letters between tabs");
    }

    [Test]
    public void GenEval_tags_are_mapped_to_categories_with_their_objects()
    {
        string[] lines =
        [
            """{"tag": "counting", "include": [{"class": "bowl", "count": 4}], "exclude": [{"class": "bowl", "count": 5}],"""
                + """ "prompt": "a photo of four bowls"}""",
            """{"tag": "colors", "include": [{"class": "cup", "count": 1, "color": "red"}], "prompt": "a photo of a red cup"}""",
            """{"tag": "position", "include": [{"class": "dog", "count": 1}, {"class": "tie", "count": 1}],"""
                + """ "prompt": "a photo of a dog right of a tie"}""",
        ];
        IReadOnlyList<Prompt> prompts = Import("a.jsonl", string.Join('\n', lines));
        Assert.That(prompts[0], Is.EqualTo(
            new Prompt("a-photo-of-four-bowls", "a photo of four bowls", PromptCategory.Count, PromptSplit.Train, "bowl", 4)));
        Assert.That((prompts[1].Category, prompts[1].Color), Is.EqualTo((PromptCategory.Color, "red")));
        Assert.That((prompts[2].Category, prompts[2].Object), Is.EqualTo((PromptCategory.Object, (string?)null)));
    }

    [Test]
    public void Our_own_prompts_come_as_they_are()
    {
        IReadOnlyList<Prompt> written = PromptSets.Create(GrammarFile.Everyday, 0, 5).Train;
        PromptFile.Write(folder["p.jsonl"], written);
        Assert.That(PromptImport.Read(folder["p.jsonl"], PromptSplit.Seen), Is.EqualTo(written));
    }

    [TestCase("a.txt", "# nothing\n", "no prompt")]
    [TestCase("a.csv", "", "named prompt or text")]
    [TestCase("a.csv", "name,colour\na,b\n", ":1: its first row names the columns 'name', 'colour'")]
    [TestCase("a.csv", "text,count\nA dog,\nB dog,two\n", ":3: the column 'count' has 'two'")]
    [TestCase("a.csv", "text,split\nA dog,testing\n", ":2: the split is 'testing'")]
    [TestCase("a.csv", "text,split\n,train\n", ":2: the column 'text' is empty")]
    [TestCase("a.csv", "text\nA dog\n\"A cat\n", ":3: a quote is opened")]
    [TestCase("a.csv", "text,id\nA dog,../dog\n", ":2: id '../dog'")]
    [TestCase("a.txt", "A dog\nA \u001b[31mcat\n", ":2: the text has control characters")]
    [TestCase("a.jsonl", "{\"prompt\":\"a\",\"tag\":\"x\"}\n{\"tag\":\"x\"}\n", ":2: it has no 'prompt'")]
    [TestCase("a.jsonl", "{\"prompt\":\"a\",\"tag\":1}\n", ":1: ")]
    public void Errors_name_file_and_line(string name, string content, string expected) =>
        Assert.That(() => Import(name, content),
            Throws.TypeOf<FileFormatException>().With.Message.Contains(expected).And.Message.StartsWith(folder[name]));

    [Test]
    public void A_caption_of_more_than_10000_characters_is_refused_with_its_line() =>
        Assert.That(() => Import("a.txt", "A dog\n" + new string('x', 10_001)),
            Throws.TypeOf<FileFormatException>().With.Message.Contains("a.txt:2: the text has 10001 characters"));

    [Test]
    public void Text_that_is_not_UTF8_is_refused_with_its_line()
    {
        File.WriteAllBytes(folder["a.csv"], [.. "text\nA caf"u8, 0xE9, .. "\n"u8]);
        Assert.That(() => PromptImport.Read(folder["a.csv"], PromptSplit.Train),
            Throws.TypeOf<FileFormatException>().With.Message.Contains("a.csv:2: it is not UTF-8"));
    }

    [TestCase("PartiPrompts.tsv", 1632)]
    [TestCase("geneval.jsonl", 553)]
    public void Public_sets_are_read_whole(string name, int count)
    {
        string path = Golden.SharedPath($"../data/prompts/{name}");
        if (!File.Exists(path))
            Assert.Ignore($"The file {name} is not there; put it in ../shared/data/prompts beside the repository.");
        IReadOnlyList<Prompt> prompts = PromptImport.Read(path, PromptSplit.Train);
        Assert.That(prompts, Has.Count.EqualTo(count));
        Assert.That(prompts.Select(p => p.Id), Is.Unique);
        Assert.That(prompts.Select(p => p.Category).Distinct().Count(), Is.GreaterThanOrEqualTo(3));
    }

    IReadOnlyList<Prompt> Import(string name, string content)
    {
        File.WriteAllText(folder[name], content, new UTF8Encoding(false));
        return PromptImport.Read(folder[name], PromptSplit.Train);
    }
}
