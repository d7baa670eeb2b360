namespace AlignT2I.Engine.Tests.Cuda;

/// <summary>A real GPU against float64 on the CPU: the libraries and kernels as users have them.</summary>
internal sealed class GpuTests : GpuFixture
{
    /// <summary>Every tensor in memory of its own: compute-sanitizer then sees an access between two.</summary>
    protected override CudaOptions Options => new() { CacheMemory = false };

    [Test]
    public void Every_operation_agrees_with_float64(
        [ValueSource(typeof(OpCases), nameof(OpCases.All))] OpCase c, [Values(DType.F32, DType.BF16, DType.F16)] DType dtype)
    {
        long before = Gpu.LiveBytes;
        CrossBackendCheck.Run(c, Gpu, dtype, Tolerance.For(dtype));
        Assert.That(Gpu.LiveBytes, Is.EqualTo(before), "bytes left alive");
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
        CudaRandomTests.RequireDrawsOfTheCpu(Gpu, [3, 1_000_001]);
        CudaRandomTests.RequireDrawsOfTheCpu(Gpu, [16, 16_384]);
        CudaRandomTests.RequireExtremesOfTheCpu(Gpu);
    }
}
