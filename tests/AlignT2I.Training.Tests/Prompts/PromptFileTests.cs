using AlignT2I.Files;
using AlignT2I.Training.Prompts;

namespace AlignT2I.Training.Tests.Prompts;

public class PromptFileTests
{
    string path = "";

    [SetUp]
    public void NameFile() => path = Path.Combine(Path.GetTempPath(), $"prompts-{Guid.NewGuid():N}.jsonl");

    [TearDown]
    public void DeleteFile() => File.Delete(path);

    [Test]
    public void Reads_what_it_wrote()
    {
        IReadOnlyList<Prompt> prompts =
        [
            .. PromptSets.Create(GrammarFile.Everyday, 0, trainCount: 50).All,
            new("mine", "A photo.", PromptCategory.Object, PromptSplit.Train),
        ];
        PromptFile.Write(path, prompts);
        Assert.That(PromptFile.Read(path), Is.EqualTo(prompts));
    }

    [Test]
    public void Writes_the_documented_fields()
    {
        PromptFile.Write(path,
        [
            GrammarFile.Miniature.Create("star", 3, "red", "moon", PromptSplit.Train),
            GrammarFile.Miniature.Create("heart", null, "blue", null, PromptSplit.Unseen) with { Images = 6 },
        ]);
        string expected =
            "{'id':'three-red-stars-on-the-moon','text':'Three red stars on the moon','category':'combination','split':'train',"
            + "'object':'star','count':3,'color':'red','background':'moon'}\n"
            + "{'id':'a-blue-heart','text':'A blue heart','category':'color','split':'unseen',"
            + "'object':'heart','color':'blue','images':6}\n";
        Assert.That(File.ReadAllText(path), Is.EqualTo(expected.Replace('\'', '"')));
    }

    [TestCase("", "no prompt")]
    [TestCase("""{"id":"x"}""", ":1: ")]
    [TestCase("""{"id":"x","text":" ","category":"count","split":"train"}""", "blank")]
    [TestCase("""{"id":"x","text":"Two\tstars","category":"count","split":"train"}""", "control characters")]
    [TestCase("""{"id":"x","text":"Two stars","category":"count","split":"train","images":0}""", "0 images")]
    [TestCase("""{"id":"x","text":"Minus two stars","category":"count","split":"train","count":-2}""", "-2")]
    [TestCase("""{"id":"x","text":"Two stars","category":"count","object":"star","split":"train","count":3}""", "\"count\":2")]
    [TestCase("""{"id":"x","text":"Two stars","category":"count","object":1,"split":"train","count":2}""", ":1: ")]
    [TestCase("""{"id":"../x","text":"Two stars","category":"count","object":"star","split":"train","count":2}""", "'../x'")]
    [TestCase("""{"id":null,"text":"Two stars","category":"count","object":"star","split":"train","count":2}""", ":1: ")]
    [TestCase(
        """
        {"id":"x","text":"Two stars","category":"count","object":"star","split":"train","count":2}
        {"id":"x","text":"Two stars","category":"count","object":"star","split":"train","count":2}
        """, ":2: id 'x' occurs twice")]
    public void Refuses_a_bad_file(string content, string expected)
    {
        File.WriteAllText(path, content + "\n");
        Assert.That(() => PromptFile.Read(path, GrammarFile.Miniature),
            Throws.InstanceOf<FileFormatException>().With.Message.Contains(expected));
    }

    [Test]
    public void Refuses_a_missing_file() => Assert.That(() => PromptFile.Read(path), Throws.InstanceOf<UsageException>());
}
