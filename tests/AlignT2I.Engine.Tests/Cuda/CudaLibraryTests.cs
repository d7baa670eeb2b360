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
