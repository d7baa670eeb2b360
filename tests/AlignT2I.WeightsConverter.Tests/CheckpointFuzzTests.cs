using AlignT2I.Files;
using AlignT2I.Files.Tests;
using AlignT2I.Testing;
using AlignT2I.WeightsConverter.Sources;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>Damaged checkpoints: each is read or refused in a sentence; no other exception, no large allocation, no loop.</summary>
internal sealed class CheckpointFuzzTests
{
    const int MaxAllocatedBytes = 24 << 20;

    TempFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TempFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    [TestCase("edge-zip.pt", 1)]
    [TestCase("edge-proto4.pt", 2)]
    [TestCase("edge-zip.pt", 101, 4_000, Category = "Slow")]
    public void A_damaged_archive(string name, int seed, int rounds = 800)
    {
        byte[] whole = File.ReadAllBytes(Golden.Path("checkpoints/" + name));
        Run(seed, rounds, random => Mutation.Of(whole, random));
    }

    [TestCase("edge-legacy.pt", 3)]
    [TestCase("edge-legacy.pt", 103, 4_000, Category = "Slow")]
    public void A_damaged_legacy_file(string name, int seed, int rounds = 800)
    {
        byte[] whole = File.ReadAllBytes(Golden.Path("checkpoints/" + name));
        Run(seed, rounds, random => Mutation.Of(whole, random));
    }

    /// <summary>The archive is whole and its checksums are right, so that the damage reaches the interpreter.</summary>
    [TestCase("edge-zip.pt", 4)]
    [TestCase("edge-proto4.pt", 5)]
    [TestCase("edge-zip.pt", 104, 4_000, Category = "Slow")]
    [TestCase("edge-proto4.pt", 105, 4_000, Category = "Slow")]
    public void A_damaged_pickle_in_a_whole_archive(string name, int seed, int rounds = 800)
    {
        using SourceFile source = SourceFile.Open(Golden.Path("checkpoints/" + name));
        (string Name, byte[] Content)[] records =
            [.. new ZipDirectory(source).Read().Values.Select(r => (r.Name, source.Read(r.Offset, (int)r.StoredBytes)))];
        Run(seed, rounds, random =>
        {
            var zip = new ZipBuilder();
            foreach ((string record, byte[] content) in records)
                zip.Add(record, record.EndsWith("data.pkl", StringComparison.Ordinal) ? Mutation.Of(content, random) : content);
            return zip.Build();
        });
    }

    void Run(int seed, int rounds, Func<Random, byte[]> damage)
    {
        var random = new Random(seed);
        int read = 0, refused = 0;
        for (int round = 0; round < rounds; round++)
        {
            string path = folder.With("a.ckpt", damage(random));
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using WeightsFile file = WeightsFile.Open(path);
                foreach (WeightsTensor tensor in file.Tensors.Concat(file.TrainingState).Where(t => t.ByteCount < 1 << 20))
                    file.Read(tensor, new byte[tensor.ByteCount]);
                read++;
            }
            catch (FileFormatException e)
            {
                refused++;
                if (e.Message.Length > path.Length + 600 || e.Message.Contains('\n'))
                    Assert.Fail($"round {round} of seed {seed}: {e.Message}");
            }
            catch (Exception e) when (e is not ResultStateException)
            {
                Assert.Fail($"round {round} of seed {seed}: {e}");
            }
            if (GC.GetAllocatedBytesForCurrentThread() - before > MaxAllocatedBytes)
                Assert.Fail($"round {round} allocated {GC.GetAllocatedBytesForCurrentThread() - before} bytes");
        }
        TestContext.Out.WriteLine($"{read} read, {refused} refused");
        Assert.That(read, Is.Positive);
        Assert.That(refused, Is.GreaterThan(rounds / 10));
    }
}
