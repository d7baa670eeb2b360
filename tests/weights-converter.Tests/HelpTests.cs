using AlignT2I.Align.Tests;

namespace AlignT2I.WeightsConverter.Tests;

internal sealed class HelpTests
{
    [TestCase("convert", "v1-5-pruned-emaonly.safetensors", "v1-5-pruned.ckpt", "ViT-L-14.pt", "pt_inception-2015-12-05-6726825d.pth",
        "sac+logos+ava1-l14-linearMSE.pth", "kohya-lora.safetensors", "--weights", "--config", "--tokenizer", "--dtype", "--force")]
    [TestCase("inspect", "--filter", "--all")]
    [TestCase("verify", "--config")]
    [TestCase("diff", "--raw", "--all")]
    [TestCase("merge-lora", "--lora", "--scale")]
    public void A_command_explains_itself_with_examples_and_options(string command, params string[] words)
    {
        string help = CommandRun.WeightsConverter(command, "--help").Succeeded().Output;
        Assert.That(help, Does.Contain("Example:").And.Contain($"weights-converter {command} ").And.Contain("--json"));
        foreach (string word in words)
            Assert.That(help, Does.Contain(word));
        Assert.That(CommandRun.WeightsConverter("--help").Succeeded().Output, Does.Contain(command));
    }

    [TestCase("convert")]
    [TestCase("convert", "in", "out", "--dtype", "int8")]
    [TestCase("convert", "in", "out", "--weights", "both")]
    [TestCase("convret", "in", "out")]
    [TestCase("merge-lora", "in", "out")]
    public void Bad_usage_ends_with_2(params string[] arguments)
    {
        CommandRun run = CommandRun.WeightsConverter(arguments);
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("--help").And.Not.Contain("   at "));
    }
}
