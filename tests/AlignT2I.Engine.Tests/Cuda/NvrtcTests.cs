using AlignT2I.Engine.Kernels;
using AlignT2I.Native;

namespace AlignT2I.Engine.Tests.Cuda;

/// <summary>The compiler that users have takes every kernel file in every variant that the backend asks for.</summary>
internal sealed class NvrtcTests
{
    static readonly string[] scalars = ["SCALAR_F32", "SCALAR_BF16", "SCALAR_F16"];
    static readonly string[] elements = ["f32", "f64", "bf16", "f16", "i32", "i64", "u8"];

    NativeNvrtc nvrtc = null!;

    [OneTimeSetUp]
    public void Open()
    {
        try
        {
            nvrtc = new NativeNvrtc();
        }
        catch (CudaUnavailableException e)
        {
            Assert.Ignore(e.Message);
        }
    }

    [Test]
    public void Every_kernel_file_compiles(
        [ValueSource(typeof(KernelFiles), nameof(KernelFiles.Names))] string file, [ValueSource(nameof(scalars))] string scalar,
        [Values(80, 90)] int architecture)
        => Compiles(file, architecture, scalar);

    [Test]
    public void Attention_compiles_for_other_head_sizes([Values(1, 4, 5, 10, 16)] int columns)
        => Compiles("attention.cu", 90, "SCALAR_BF16", $"COLUMNS={columns}");

    [Test]
    public void Casts_compile_from_all_types([ValueSource(nameof(elements))] string from) => Compiles("cast.cu", 90, $"FROM={from}");

    [Test]
    public void Moves_compile_for_all_words([Values(1, 2, 4, 8, 16)] int bytes) => Compiles("move.cu", 90, $"WORD={bytes}");

    [Test]
    public void Machine_code_is_made_for_a_known_architecture_and_text_for_a_later_one()
    {
        KernelSource source = KernelFiles.Source("softmax.cu", ["SCALAR_F32"]);
        Assert.That(nvrtc.Architectures, Does.Contain(80).And.Contain(90).And.Ordered);
        Assert.That(nvrtc.Compile(source, 90).AsSpan(0, 4).SequenceEqual("\u007fELF"u8), Is.True, "sm_90: an ELF image");
        string text = System.Text.Encoding.UTF8.GetString(nvrtc.Compile(source, 999));
        Assert.That(text, Does.Contain($".target sm_{nvrtc.Architectures[^1]}").And.EndsWith("\0"));
    }

    [Test]
    public void A_wrong_file_says_its_line()
    {
        const string text = "extern \"C\" __global__ void k()\n{\n    dd = 1;\n}";
        KernelSource source = new("wrong.cu", text, new Dictionary<string, string>(), ["SCALAR_F32"]);
        Exception? error = Assert.Throws<KernelCompilationException>(() => nvrtc.Compile(source, 90));
        Assert.That(error!.Message, Does.StartWith("wrong.cu (SCALAR_F32, sm_90) did not compile: wrong.cu(3): error"));
    }

    void Compiles(string file, int architecture, params string[] defines)
    {
        byte[] image = nvrtc.Compile(KernelFiles.Source(file, defines), architecture);
        Assert.That(image, Has.Length.GreaterThan(1000));       // an empty file gives some 300 bytes
        // A 64-bit division, once per thread, saves a few registers; the sine of a large angle has a table. A spilled tile has hundreds
        // of bytes.
        Assert.That(CubinStack.Largest(image), Is.LessThanOrEqualTo(file == "embedding.cu" ? 64 : 32), "bytes of local memory");
    }
}
