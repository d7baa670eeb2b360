using AlignT2I.Files;
using AlignT2I.Training.Prompts;

namespace AlignT2I.Training.Tests.Prompts;

public class GrammarFileTests
{
    [Test]
    public void A_grammar_that_was_written_reads_back_and_makes_the_same_prompts()
    {
        using var folder = new TestFolder();
        GrammarFile.Write(folder["grammar.json"], GrammarFile.Everyday);
        Grammar read = GrammarFile.Read(folder["grammar.json"]);
        Assert.That(PromptSets.Create(read, 3).All, Is.EqualTo(PromptSets.Create(GrammarFile.Read("everyday"), 3).All));
    }

    [TestCase("\"red\", ", "\"red\", \"dog\", ", "'dog' is an object and a colour")]
    [TestCase("\"red\", ", "\"red\", \"red\", ", "'red' occurs twice among the colors")]
    [TestCase("\"red\", ", "\"Red \", ", "'Red ' among the colors")]
    [TestCase("\"wolves\"", "\"dogs\"", "'dogs' occurs twice")]
    [TestCase("\"unseen\": true", "\"unseen\": false", "too few")]
    [TestCase("\"prompts\": 108", "\"prompts\": 0", "'training.count'")]
    [TestCase("\"images\": 3480", "\"images\": 5", "'training.color'")]
    [TestCase("\"evaluationPerCategory\": 15", "\"evaluationPerCategory\": 15000", "too few")]
    [TestCase("\"phrase\": \"at night\"", "\"fraze\": \"at night\"", ".json:59: ")]
    [TestCase("\"counts\": [", "\"counts\": ", ".json:")]
    [TestCase("\"counts\": [\"one\", \"two\", \"three\", \"four\", \"five\"]", "\"counts\": null", ".json:")]
    [TestCase("{ \"name\": \"umbrella\" }", "{ \"name\": \"umbrella\", \"article\": \"the\" }", "'the'")]
    public void What_would_make_prompts_ambiguous_or_too_few_is_refused(string old, string changed, string expected)
    {
        using var folder = new TestFolder();
        using Stream stream = typeof(Grammar).Assembly.GetManifestResourceStream("everyday.json")!;
        string json = new StreamReader(stream).ReadToEnd();
        Assert.That(json, Does.Contain(old));
        File.WriteAllText(folder["g.json"], json.Replace(old, changed));
        Assert.That(() => GrammarFile.Read(folder["g.json"]),
            Throws.TypeOf<FileFormatException>().With.Message.Contains(expected).And.Message.Contains("g.json"));
    }

    [Test]
    public void A_name_that_is_no_file_is_refused() =>
        Assert.That(() => GrammarFile.Read("evryday"), Throws.TypeOf<UsageException>().With.Message.Contains("everyday or miniature"));
}
