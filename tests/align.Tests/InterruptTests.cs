using System.Diagnostics;

namespace AlignT2I.Align.Tests;

/// <summary>Ctrl-C, and what comes after it.</summary>
internal sealed class InterruptTests
{
    const string Weights = "diffusion_pytorch_model.safetensors";

    [Test]
    public void Finetune_saves_ends_with_130_and_resumes_to_the_same_bits()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("The test needs kill -INT and env --default-signal of GNU coreutils; run it on Linux.");
        using var tiny = new TinyRun();
        tiny.WithReward();
        string[] arguments = tiny.FinetuneArguments(400, "--checkpoint-steps", "1000");
        CommandRun.Finetune(arguments).Succeeded();
        byte[] expected = File.ReadAllBytes(tiny.In("finetuned", "unet", Weights));
        Directory.Delete(tiny.In("finetuned"), recursive: true);

        (int exitCode, string error) = Stopped(arguments, "INT");
        Assert.That(exitCode, Is.EqualTo(130), error);
        Assert.That(error, Does.Contain("Interrupted").And.Not.Contain("   at "));
        Assert.That(Directory.Exists(tiny.In("finetuned")), Is.False, "an unfinished model must not look finished");

        CommandRun resumed = CommandRun.Finetune([.. arguments, "--resume", "--json"]).Succeeded();
        Assert.That(resumed.Json.GetProperty("resumedAt").GetInt32(), Is.GreaterThan(0).And.LessThan(400));
        Assert.That(File.ReadAllBytes(tiny.In("finetuned", "unet", Weights)), Is.EqualTo(expected));
    }

    [Test]
    public void Finetune_killed_at_any_moment_resumes_to_the_same_bits()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("The test needs kill -KILL and env --default-signal of GNU coreutils; run it on Linux.");
        using var tiny = new TinyRun();
        tiny.WithReward();
        string[] arguments =
            tiny.FinetuneArguments(60, "--checkpoint-steps", "1", "--validation-prompts", "A red star", "--validation-steps", "20");
        CommandRun.Finetune(arguments).Succeeded();
        byte[] expected = File.ReadAllBytes(tiny.In("finetuned", "unet", Weights));
        Directory.Delete(tiny.In("finetuned"), recursive: true);
        Directory.Delete(tiny.In("latents"), recursive: true);

        Stopped(arguments, "KILL", at: "encode scenes");        // while latents are written
        Stopped(arguments, "KILL");
        CommandRun resumed = CommandRun.Finetune([.. arguments, "--resume", "--json"]).Succeeded();
        Assert.That(resumed.Json.GetProperty("resumedAt").GetInt32(), Is.GreaterThan(0).And.LessThanOrEqualTo(60));
        Assert.That(File.ReadAllBytes(tiny.In("finetuned", "unet", Weights)), Is.EqualTo(expected));
    }

    /// <summary>Runs finetune as a process and sends it a signal at its first step.</summary>
    static (int ExitCode, string Error) Stopped(string[] arguments, string signal, string at = "fine-tune | step")
    {
        string program = Path.Combine(AppContext.BaseDirectory, "finetune.dll");
        // A shell that runs the tests in the background has them ignore SIGINT, and what they start inherits that.
        using Process process = Process.Start(new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (line.Contains(at, StringComparison.Ordinal))
                break;
        }
        using (Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]))
            kill.WaitForExit();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error.Result);
    }
}
