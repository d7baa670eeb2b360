namespace AlignT2I.Align.Tests;

internal sealed class HelpTests
{
    [TestCase("demo")]
    [TestCase("prompts")]
    [TestCase("generate")]
    [TestCase("rate")]
    [TestCase("evaluate")]
    [TestCase("tables")]
    [TestCase("pretrain")]
    [TestCase("parity")]
    [TestCase("synthesize")]
    [TestCase("doctor")]
    public void A_command_explains_itself_with_an_example(string command)
    {
        CommandRun run = CommandRun.Align(command, "--help").Succeeded();
        Assert.That(run.Output, Does.Contain("Example:").And.Contain($"align {command}").And.Contain("Options:"));
    }

    [Test]
    public void The_training_binaries_explain_themselves_with_an_example()
    {
        Assert.That(CommandRun.TrainReward("--help").Succeeded().Output, Does.Contain("train-reward --run runs/a"));
        Assert.That(CommandRun.Finetune("--help").Succeeded().Output, Does.Contain("finetune --run runs/a"));
    }

    [Test]
    public void The_umbrella_lists_its_commands()
    {
        string output = CommandRun.Align("--help").Succeeded().Output;
        string[] commands = ["demo", "prompts", "generate", "rate", "evaluate", "tables", "pretrain", "parity", "synthesize", "doctor"];
        foreach (string command in commands)
            Assert.That(output, Does.Contain(command));
    }

    [Test]
    public void What_helps_after_bad_usage_is_a_command_line_that_works()
    {
        string program = Path.GetFileNameWithoutExtension(Environment.GetCommandLineArgs()[0]);     // this process, for all of them
        Assert.That(CommandRun.Align().Error, Does.Contain("name a command: demo, prompts,").And.Contain($"'{program} --help'"));
        Assert.That(CommandRun.Align("dmeo").Error, Does.Contain("'dmeo' is no command: demo,"));
        Assert.That(CommandRun.Align("prompts").Error, Does.Contain($"'{program} prompts --help'"));
        Assert.That(CommandRun.Finetune().Error, Does.Contain($"'{program} --help'"));
    }

    [TestCase("demo", "--sede", "1")]
    [TestCase("demo", "--seed", "one")]
    [TestCase("generate", "--run", "somewhere", "--sampler", "magic")]
    [TestCase("prompts")]
    [TestCase("dmeo")]
    public void Bad_usage_ends_with_2_and_writes_nothing(params string[] arguments)
    {
        CommandRun run = CommandRun.Align(arguments);
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("--help").And.Not.Contain("   at "));
        Assert.That(run.Output, Is.Empty);
        Assert.That(Directory.Exists("somewhere"), Is.False);
    }
}
