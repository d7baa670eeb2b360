using System.Diagnostics;
using AlignT2I.Feedback;

namespace AlignT2I.Align.Tests;

/// <summary>From labels that people gave to a reward: the feedback server's program, then train-reward.</summary>
internal sealed class FeedbackServerTests
{
    [Test]
    public void A_reward_is_trained_on_what_the_feedback_server_exports()
    {
        using var tiny = new TinyRun();
        CommandRun.Align(
            "generate", "--run", tiny.Path, "--new-prompts", "8", "--model", tiny.Model, "--images-per-prompt", "3", "--steps", "1",
            "--guidance-scale", "1").Succeeded();
        IReadOnlyList<ImageRecord> images = ImageManifest.Read(tiny.Path);
        IEnumerable<string> rows = images.SelectMany((image, i) => new[] { "anna", "ben", "carla" }.Select((rater, r) =>
            $"{image.File},{image.Text},{rater},{((i + (r == 2 ? 1 : 0)) % 2 == 0 ? "good" : "bad")},2026-03-01T12:00:00Z"));
        File.WriteAllLines(tiny["labels.csv"], rows.Prepend("image,prompt,rater,label,time"));
        Run("import", "--run", tiny.Path, "--file", tiny["labels.csv"]);
        Run("export", "--run", tiny.Path);
        Assert.That(FeedbackFile.Read(tiny.In("feedback.jsonl")), Has.Count.EqualTo(3 * images.Count));
        CommandRun.TrainReward("--run", tiny.Path, "--model", tiny.Model, "--epochs", "2").Succeeded();
        Assert.That(Directory.EnumerateFiles(tiny.In("reward"), "*.safetensors"), Is.Not.Empty);
    }

    static void Run(params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "feedback-server.dll"), .. arguments])
            {
                RedirectStandardError = true,
            })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, error);
    }
}
