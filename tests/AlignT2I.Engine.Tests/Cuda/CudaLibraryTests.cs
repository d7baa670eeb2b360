using AlignT2I.Engine.Backends.Cuda;
using AlignT2I.Files;

namespace AlignT2I.Engine.Tests.Cuda;

/// <summary>What the backend makes of libraries that can more or less: fused attention, no fused bias, several engines; and what it keeps
/// on disk.</summary>
internal sealed class CudaLibraryTests
{
    static readonly OpCase attention = new(
        typeof(ScaledDotProductAttentionOp), "2 heads of 8", [[2, 5, 16], [2, 7, 16], [2, 7, 16]],
        t => F.ScaledDotProductAttention(t[0], t[1], t[2], heads: 2));

    static readonly OpCase convolution = new(
        typeof(Conv2dOp), "3x3, padding 1", [[2, 5, 6, 3], [4, 3, 3, 3], [4]], t => F.Conv2d(t[0], t[1], t[2], padding: 1));

    string folder = "";

    [SetUp]
    public void MakeFolder() => folder = Directory.CreateTempSubdirectory("align-cuda-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(folder, recursive: true);

    [TestCase(DType.F32)]
    [TestCase(DType.BF16)]
    [TestCase(DType.F16)]
    public void Fused_attention_is_used_where_the_library_has_it(DType dtype)
    {
        using EmulatedCuda emulated = EmulatedCuda.Open(fusesAttention: true);
        CrossBackendCheck.Run(attention, emulated.Backend, dtype, Tolerance.For(dtype));
    }

    [TestCase(DType.F32)]
    [TestCase(DType.BF16)]
    public void A_bias_that_the_library_does_not_fuse_is_added(DType dtype)
    {
        using EmulatedCuda emulated = EmulatedCuda.Open(fusesBias: false);
        CrossBackendCheck.Run(convolution, emulated.Backend, dtype, Tolerance.For(dtype));
    }

    /// <summary>What the library cannot do is asked once: while work is recorded it cannot be asked.</summary>
    [Test]
    public void A_bias_that_no_timed_engine_fuses_can_be_recorded()
    {
        using EmulatedCuda emulated = EmulatedCuda.Open(cacheMemory: true, fusesBias: false, autotune: true);
        using Tensor x = Tensor.Full([1, 4, 4, 2], DType.F32, emulated.Backend, 1).Persist();
        using Tensor w = Tensor.Full([2, 3, 3, 2], DType.F32, emulated.Backend, 0.5).Persist();
        using Tensor b = Tensor.Full([2], DType.F32, emulated.Backend, 3).Persist();
        using RecordedWork work = emulated.Backend.Record(() => x.CopyFrom(F.Affine(F.Conv2d(x, w, b, padding: 1), 0.125)));
        for (int run = 0; run < 3; run++)
            work.Run();
        Assert.That(emulated.GraphLaunches, Is.EqualTo(2));
    }

    /// <summary>Libraries work on the thread's current device; a thread that has none yet would get the first one.</summary>
    [Test]
    public void Libraries_are_called_with_the_device_current_on_every_thread()
    {
        using EmulatedCuda emulated = EmulatedCuda.Open(cacheMemory: true, fusesAttention: true);
        foreach (Func<Tensor> operation in Operations(emulated.Backend))
        {
            for (int run = 0; run < 2; run++)       // the second has its plan and its memory at hand
            {
                Exception? error = null;
                Thread thread = new(() =>
                {
                    try
                    {
                        using MemoryScope scope = MemoryScope.Open();
                        operation();
                    }
                    catch (EmulationException e)
                    {
                        error = e;
                    }
                });
                thread.Start();
                thread.Join();
                Assert.That(error, Is.Null);
            }
        }
    }

    static IEnumerable<Func<Tensor>> Operations(Backend cuda)
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor image = Tensor.Full([1, 4, 4, 8], DType.BF16, cuda, 1), filter = Tensor.Full([8, 3, 3, 8], DType.BF16, cuda, 1);
        Tensor matrix = Tensor.Full([1, 8, 8], DType.BF16, cuda, 1);
        yield return () => F.Conv2d(image, filter);
        yield return () => F.MatMul(matrix, matrix);
        yield return () => F.ScaledDotProductAttention(matrix, matrix, matrix, heads: 1);
    }

    [Test]
    public void Kernels_and_timed_engines_are_kept_on_disk_and_found_again()
    {
        CudaOptions options = new() { CacheFolder = folder, Autotune = true };
        Check(options);
        string[] kept = Names();
        Assert.That(kept.Count(name => name.EndsWith(".bin", StringComparison.Ordinal)), Is.Positive);
        string engines = File.ReadAllText(Directory.GetFiles(folder, "convolutions-*.json").Single());
        Assert.That(engines, Does.Contain("timed ").And.Match("first|second"));
        Check(options);
        Assert.That(Names(), Is.EqualTo(kept));
    }

    [Test]
    public void A_damaged_list_of_engines_and_a_folder_that_cannot_be_made_cost_time_only()
    {
        CudaOptions options = new() { CacheFolder = folder };
        Check(options);
        string engines = Directory.GetFiles(folder, "convolutions-*.json").Single();
        File.WriteAllText(engines, "{ \"broken");
        Check(options);
        Assert.That(File.ReadAllText(engines), Does.Contain("first"));
        Check(options with { CacheFolder = Path.Combine(engines, "below a file") });
    }

    [Test]
    public void Options_are_words_of_the_environment()
    {
        CudaOptions options = CudaOptions.Parse("tf32, autotune");
        Assert.That(
            (options.TensorFloat32, options.Autotune, options.Nondeterministic, options.CacheMemory),
            Is.EqualTo((true, true, false, true)));
        Assert.That(CudaOptions.Parse("uncached").CacheMemory, Is.False);
        Assert.That((options.RecordWork, CudaOptions.Parse("unrecorded").RecordWork), Is.EqualTo((true, false)));
        Assert.That(() => CudaOptions.Parse("fast"), Throws.TypeOf<UsageException>().With.Message.Contains("'fast' is no option"));
    }

    [TestCase("gpu", "'gpu' is no device")]
    [TestCase("cuda:x", "'cuda:x' is no device")]
    [TestCase("cuda:0:1", "is no device")]
    public void A_name_that_is_no_device_is_refused(string device, string sentence) =>
        Assert.That(() => Backend.Open(device), Throws.TypeOf<UsageException>().With.Message.Contains(sentence));

    [Test]
    public void The_cpu_opens_as_the_one_backend_of_the_process() => Assert.That(Backend.Open("cpu"), Is.SameAs(Backend.Cpu));

    string[] Names() => [.. Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    static void Check(CudaOptions options)
    {
        using EmulatedDevice device = EmulatedDevice.Open();
        using CudaBackend cuda = new(device.Libraries, 0, options);
        CrossBackendCheck.Run(convolution, cuda, DType.F32, Tolerance.For(DType.F32));
    }
}
