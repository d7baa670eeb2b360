using AlignT2I.Training.Prompts;

namespace AlignT2I.Align.Tests.Commands;

public class PromptsCommandTests
{
    TinyRun tiny = null!;

    [SetUp]
    public void MakeFolder() => tiny = new TinyRun();

    [TearDown]
    public void DeleteFolder() => tiny.Dispose();

    [Test]
    public void The_papers_set_and_its_grammar_are_written_and_an_edited_grammar_is_taken()
    {
        CommandRun.Align("prompts", "--run", tiny.Path, "--grammar", "everyday").Succeeded();
        Assert.That(PromptFile.Read(tiny.In("prompts.jsonl")), Has.Count.EqualTo(2820));
        string edited = File.ReadAllText(tiny.In("grammar.json")).Replace("\"dog\"", "\"poodle\"");
        File.WriteAllText(tiny["mine.json"], edited);
        CommandRun.Align("prompts", "--run", tiny["b"], "--grammar", tiny["mine.json"], "--count", "40", "--evaluation", "8").Succeeded();
        IReadOnlyList<Prompt> prompts = PromptFile.Read(Path.Combine(tiny["b"], "prompts.jsonl"), GrammarFile.Read(tiny["mine.json"]));
        Assert.That(prompts.GroupBy(p => p.Split).Select(g => g.Count()), Is.EqualTo(new[] { 40, 8, 8 }));
    }

    [Test]
    public void Files_of_others_are_imported_side_by_side()
    {
        File.WriteAllText(tiny["a.txt"], "Two dogs\nTwo dogs.\n");
        File.WriteAllText(tiny["b.tsv"], "Prompt\tCategory\tChallenge\nfive frogs\tAnimals\tQuantity\n");
        string[] import = ["--import", tiny["a.txt"], "--import", tiny["b.tsv"]];
        CommandRun.Align(["prompts", "--run", tiny.Path, "--grammar", "everyday", .. import]).Succeeded();
        IReadOnlyList<Prompt> prompts = PromptFile.Read(tiny.In("prompts.jsonl"));
        Assert.That(prompts.Select(p => p.Id), Is.EqualTo(new[] { "two-dogs", "two-dogs-2", "five-frogs" }));
        Assert.That(prompts.Select(p => p.Category), Is.All.EqualTo(PromptCategory.Count));
    }

    [Test]
    public void Bad_input_ends_with_a_sentence()
    {
        File.WriteAllText(tiny["a.csv"], "text,count\nA dog,x\n");
        CommandRun.Align("prompts", "--run", tiny.Path, "--import", tiny["a.csv"]).Failed(2, "a.csv:2", "'x'");
        CommandRun.Align("prompts", "--run", tiny.Path, "--import", tiny["a.csv"], "--count", "3").Failed(2, "--count");
        CommandRun.Align("prompts", "--run", tiny.Path, "--grammar", tiny["no.json"]).Failed(2, "no.json", "everyday");
        Assert.That(Directory.Exists(tiny.Path), Is.False);
    }
}
