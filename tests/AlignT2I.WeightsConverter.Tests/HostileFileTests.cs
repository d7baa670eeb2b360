using System.Diagnostics;
using System.Text.Json;
using AlignT2I.Files;
using AlignT2I.Testing;
using AlignT2I.WeightsConverter.Sources;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>Malformed and malicious files: each gets the verdict recorded for it, quickly, in little memory, with a sentence.</summary>
internal sealed class HostileFileTests
{
    static IEnumerable<TestCaseData> Verdicts()
    {
        string expected = Path.Combine(Golden.Root, "..", "shared", "goldens", "hostile", "expected.json");
        if (!File.Exists(expected))
            return [new TestCaseData("expected.json", "accept") { TestName = "hostile files" }];
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(expected));
        return [.. document.RootElement.GetProperty("files").EnumerateObject()
            .Select(f => new TestCaseData(f.Name, f.Value.GetProperty("verdict").GetString()))];
    }

    [TestCaseSource(nameof(Verdicts))]
    public void Every_file_gets_its_verdict(string name, string verdict)
    {
        string path = Golden.Path("hostile/" + name);       // skips where the files are not there
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        FileFormatException? refusal = Refusal(path);
        Assert.Multiple(() =>
        {
            Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(1)));
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - allocated, Is.LessThan(32 << 20));
            if (verdict != "accept-or-reject")
                Assert.That(refusal is null ? "accept" : "reject", Is.EqualTo(verdict), refusal?.Message);
            if (refusal is not null)
            {
                Assert.That(refusal.Message, Does.StartWith(path + ": ").And.EndsWith("."));
                Assert.That(refusal.Message, Has.Length.LessThan(path.Length + 600).And.Not.Contains("\n"));
            }
            if (name.StartsWith("evil-", StringComparison.Ordinal))
                Assert.That(refusal?.Message, Does.Contain("nothing of it was run").Or.Contain("it begins as no format does"));
        });
        TestContext.Out.WriteLine(refusal?.Message ?? "accepted");
    }

    /// <summary>What is wrong with a file, or null where all of it can be read.</summary>
    static FileFormatException? Refusal(string path)
    {
        try
        {
            using WeightsFile file = WeightsFile.Open(path);
            foreach (WeightsTensor tensor in file.Tensors.Concat(file.TrainingState))
                file.Read(tensor, new byte[tensor.ByteCount]);
            return null;
        }
        catch (FileFormatException e)
        {
            return e;
        }
    }

    [Test]
    public void The_control_case_has_its_values()
    {
        using WeightsFile file = WeightsFile.Open(Golden.Path("hostile/ok-hand-made.ckpt"));
        float[] values = new float[6];
        file.Read(file.Tensors.Single(), System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
        Assert.That(file.Tensors[0].Shape, Is.EqualTo(new long[] { 2, 3 }));
        Assert.That(values, Is.EqualTo(new float[] { 0, 1, 2, 3, 4, 5 }));
    }
}
