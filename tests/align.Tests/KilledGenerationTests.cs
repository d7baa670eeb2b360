using System.Diagnostics;
using AlignT2I.Feedback;
using AlignT2I.Files;

namespace AlignT2I.Align.Tests;

/// <summary>align generate as processes, two shards side by side, killed again and again.</summary>
internal sealed class KilledGenerationTests
{
    const int Prompts = 8, PerPrompt = 12, Kills = 2;

    [Test]
    public void No_image_is_lost_or_drawn_twice()
    {
        using var tiny = new TinyRun();
        CommandRun.Align("prompts", "--run", tiny.Path, "--count", $"{Prompts}", "--evaluation", "4").Succeeded();
        Dictionary<string, DateTime> written = [];
        int killed = 0;
        for (int attempt = 0; attempt < Kills; attempt++)
        {
            int before = Listed(tiny).Count;
            using Process first = Start(tiny, "0/2"), second = Start(tiny, "1/2");
            Process[] shards = [first, second];
            while (Listed(tiny).Count < before + 6 && shards.Any(s => !s.HasExited))
                Thread.Yield();
            foreach (Process shard in shards)
            {
                killed += shard.HasExited ? 0 : 1;
                shard.Kill();
                shard.WaitForExit();
            }
            foreach (ImageRecord image in Listed(tiny))
            {
                DateTime time = File.GetLastWriteTimeUtc(tiny.In(image.File));
                Assert.That(written.TryAdd(image.Id, time) || written[image.Id] == time, Is.True, $"{image.Id} was drawn twice");
            }
        }
        Assert.That(killed, Is.GreaterThanOrEqualTo(Kills), "the processes ended before they were killed");

        // What a kill between renaming a picture and listing it leaves: it is taken as it is.
        string[] manifests = [tiny.In("images.0-of-2.jsonl"), tiny.In("images.1-of-2.jsonl")];
        string longer = manifests.Where(File.Exists).MaxBy(manifest => new FileInfo(manifest).Length)!;      // one may have none yet
        File.WriteAllLines(longer, File.ReadAllLines(longer)[..^1]);
        foreach (string shard in (string[])["0/2", "1/2"])
            CommandRun.Align(Arguments(tiny, shard)).Succeeded();

        IReadOnlyList<ImageRecord> all = Listed(tiny);
        Assert.That(all, Has.Count.EqualTo(Prompts * PerPrompt), "images are missing");
        IEnumerable<string> listed = manifests.SelectMany(File.ReadLines);
        Assert.That(listed, Is.Unique.And.Exactly(all.Count).Items);
        Assert.That(Directory.GetFiles(tiny.In("images"), "*.png"), Has.Length.EqualTo(all.Count));
        foreach (ImageRecord image in all)
        {
            Assert.That(Png.Read(tiny.In(image.File)).Text["prompt"], Is.EqualTo(image.Text));
            if (written.TryGetValue(image.Id, out DateTime time))
                Assert.That(File.GetLastWriteTimeUtc(tiny.In(image.File)), Is.EqualTo(time), $"{image.Id} was drawn twice");
        }
    }

    static IReadOnlyList<ImageRecord> Listed(TinyRun tiny) => ImageManifest.Read(tiny.Path);

    static string[] Arguments(TinyRun tiny, string shard) =>
    [
        "generate", "--run", tiny.Path, "--model", tiny.Model, "--images-per-prompt", $"{PerPrompt}", "--steps", "2", "--batch-size", "2",
        "--shard", shard,
    ];

    static Process Start(TinyRun tiny, string shard)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "align.dll");
        Process process = Process.Start(new ProcessStartInfo("dotnet", [program, .. Arguments(tiny, shard)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
