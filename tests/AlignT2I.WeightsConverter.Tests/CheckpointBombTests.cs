using AlignT2I.Files;
using AlignT2I.Files.Tests;
using AlignT2I.WeightsConverter.Sources;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>What happens to <see cref="CheckpointBombs"/>.</summary>
internal sealed class CheckpointBombTests
{
    [TestCaseSource(typeof(CheckpointBombs), nameof(CheckpointBombs.All))]
    public void Is_opened_or_refused_in_bounded_time_and_memory(string outcome, byte[] archive)
    {
        using var folder = new TempFolder();
        string path = folder.With("a.ckpt", archive);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        string said = Open(path);
        TimeSpan taken = Environment.CpuUsage.TotalTime - cpu;
        long kept = GC.GetTotalMemory(forceFullCollection: false) - before;
        TestContext.Out.WriteLine($"{taken.TotalMilliseconds:F0} ms, {kept >> 20} MiB: {said}");
        Assert.Multiple(() =>
        {
            Assert.That(said, Does.Contain(outcome));
            Assert.That(said, Has.Length.LessThan(path.Length + 400));
            Assert.That(taken, Is.LessThan(TimeSpan.FromSeconds(1)));
            Assert.That(kept, Is.LessThan(120 << 20), "what is not collected yet");
        });
    }

    static string Open(string path)
    {
        try
        {
            using WeightsFile file = WeightsFile.Open(path);
            return $"accepted with {file.Tensors.Count} tensors";
        }
        catch (FileFormatException e)
        {
            return e.Message;
        }
    }
}
