using AlignT2I.Native;

namespace AlignT2I.Engine.Tests.Cuda;

/// <summary>A real GPU against float64 on the CPU: the libraries and kernels as users have them.</summary>
[Category("Gpu")]
internal sealed class GpuTests
{
    Backend gpu = null!;

    [OneTimeSetUp]
    public void Open()
    {
        try
        {
            // Every tensor in memory of its own: compute-sanitizer then sees an access between two.
            gpu = Backend.Open("cuda", new CudaOptions { CacheMemory = false });
        }
        catch (CudaUnavailableException e)
        {
            Assert.Ignore(e.Message);
        }
    }

    [OneTimeTearDown]
    public void Close() => (gpu as IDisposable)?.Dispose();

    [Test]
    public void Every_operation_agrees_with_float64(
        [ValueSource(typeof(OpCases), nameof(OpCases.All))] OpCase c, [Values(DType.F32, DType.BF16, DType.F16)] DType dtype)
    {
        long before = gpu.LiveBytes;
        CrossBackendCheck.Run(c, gpu, dtype, Tolerance.For(dtype));
        Assert.That(gpu.LiveBytes, Is.EqualTo(before), "bytes left alive");
    }

    /// <summary>The sizes of Stable Diffusion v1.5, where tiles are full and the libraries choose other engines.</summary>
    [Test]
    public void Convolutions_of_the_unet_agree_with_the_cpu(
        [Values(DType.F32, DType.BF16, DType.F16)] DType dtype, [Values(64, 16)] int side, [Values(1, 2)] int stride)
    {
        int channels = side == 64 ? 320 : 1280;
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Numbers([2, side, side, channels], 1), w = Numbers([320, 3, 3, channels], 2), b = Numbers([320], 3);
        Check(dtype, 0.02, t => F.Conv2d(t[0], F.Affine(t[1], 0.02), t[2], stride, 1), x, w, b);
    }

    [Test]
    public void Attention_of_the_unet_agrees_with_the_cpu(
        [Values(DType.F32, DType.BF16, DType.F16)] DType dtype, [Values(40, 64, 80, 160)] int headDim, [Values(77, 1024)] int keys)
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor q = Numbers([2, 1024, 8 * headDim], 1), k = Numbers([2, keys, 8 * headDim], 2), v = Numbers([2, keys, 8 * headDim], 3);
        Check(dtype, 0.02, t => F.ScaledDotProductAttention(t[0], t[1], t[2], heads: 8), q, k, v);
    }

    [Test]
    public void Linear_layers_of_the_unet_agree_with_the_cpu(
        [Values(DType.F32, DType.BF16, DType.F16)] DType dtype, [Values(320, 1280)] int channels, [Values(4096, 77)] int rows)
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Numbers([rows, channels], 1), w = Numbers([4 * channels, channels], 2), b = Numbers([4 * channels], 3);
        Check(dtype, 0.02, t => F.Linear(t[0], t[1], t[2]), x, w, b);
    }

    [Test]
    public void Random_values_have_the_bits_of_the_cpu()
    {
        CudaRandomTests.RequireDrawsOfTheCpu(gpu, [3, 1_000_001]);
        CudaRandomTests.RequireDrawsOfTheCpu(gpu, [16, 16_384]);
        CudaRandomTests.RequireExtremesOfTheCpu(gpu);
    }

    /// <summary>Output and gradients; float32 within what float32 sums differ by, 16 bits within their own rounding.</summary>
    void Check(DType dtype, double tolerance16, Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        double tolerance = dtype == DType.F32 ? 2e-5 : tolerance16;
        Tensor[] rounded = [.. inputs.Select(x => F.Cast(F.Cast(x, dtype), DType.F32))];
        (Tensor y, Tensor[] gradients) = Differentiate(function, [.. inputs.Select(x => F.Cast(x.To(gpu), dtype))]);
        (Tensor expected, Tensor[] expectedGradients) = Differentiate(function, rounded);
        TensorAssert.Close(OnCpu(y), expected, tolerance, "output");
        for (int i = 0; i < inputs.Length; i++)
            TensorAssert.Close(OnCpu(gradients[i]), expectedGradients[i], tolerance, $"gradient of input {i}");
    }

    static (Tensor Output, Tensor[] Gradients) Differentiate(Func<Tensor[], Tensor> function, Tensor[] leaves)
    {
        foreach (Tensor leaf in leaves)
            leaf.RequiresGrad = true;
        using Tape tape = Tape.Open();
        Tensor y = function(leaves);
        Tensor cotangent = Numbers(y.Shape, 9);
        tape.Backward(y, y.Backend == Backend.Cpu ? cotangent : F.Cast(cotangent.To(y.Backend), y.DType));
        return (y, [.. leaves.Select(leaf => leaf.Grad!)]);
    }

    static Tensor OnCpu(Tensor x) => F.Cast(x.To(Backend.Cpu), DType.F32);

    /// <summary>Numbers of eight bits, exact in every type.</summary>
    static Tensor Numbers(Shape shape, int seed)
    {
        Random random = new(seed);
        return Tensor.From([.. Enumerable.Range(0, (int)shape.Count).Select(_ => random.Next(-128, 128) / 128f)], shape);
    }
}
