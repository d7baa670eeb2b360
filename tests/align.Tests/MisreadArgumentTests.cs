namespace AlignT2I.Align.Tests;

/// <summary>Arguments that are no value of their option's type: 2, what was found and what was expected, and nothing written.</summary>
internal sealed class MisreadArgumentTests
{
    [TestCase("--guidance-scale", "1,5", "a finite number")]        // which the parser takes for fifteen
    [TestCase("--guidance-scale", "1e400", "a finite number")]
    [TestCase("--guidance-scale", "NaN", "a finite number")]
    [TestCase("--guidance-scale", "", "a finite number")]
    [TestCase("--steps", "1.5", "a whole number")]
    [TestCase("--steps", "2147483648", "a whole number")]
    [TestCase("--seed", "-1", "a whole number from 0")]
    [TestCase("--reward", "", "the name of a folder")]
    [TestCase("--prompts", "", "the name of a file")]
    public void A_value_of_another_type(string option, string value, string expected)
    {
        CommandRun.Align("generate", "--output", "nowhere", "--prompt", "A star", option, value)
            .MisreadAs($"{option}: '{value}' was found; expected {expected}");
        Assert.That(Directory.Exists("nowhere"), Is.False);
    }

    [TestCase("sene")]
    [TestCase("1")]
    public void A_word_that_is_none_of_an_options(string word)
    {
        CommandRun.Align("prompts", "--run", "nowhere", "--split", word)
            .MisreadAs($"--split: '{word}' was found; expected pretrain, train, seen or unseen.");
        Assert.That(Directory.Exists("nowhere"), Is.False);
    }

    [Test]
    public void An_empty_name_in_a_list_of_files()
    {
        CommandRun.Align("parity", "").MisreadAs("<CASE.safetensors>: '' was found");
        CommandRun.Align("tables", "").MisreadAs("<runs>: '' was found");
        CommandRun.Align("prompts", "--run", "nowhere", "--import", "").MisreadAs("--import: '' was found");
        Assert.That(Directory.Exists("nowhere"), Is.False);
    }

    [Test]
    public void Help_is_given_whatever_else_is_asked_for() =>
        Assert.That(
            CommandRun.Align("generate", "--guidance-scale", "1,5", "--help").Succeeded().Output, Does.Contain("--guidance-scale"));
}
