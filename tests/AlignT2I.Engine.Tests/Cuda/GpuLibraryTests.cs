using AlignT2I.Engine.Backends.Cuda;
using AlignT2I.Native;

namespace AlignT2I.Engine.Tests.Cuda;

/// <summary>
/// What the emulated device cannot answer, in the memory and with the recordings that users have: whether the libraries take our graphs,
/// whether recordings and repetitions give the same bits, and sizes beyond 32-bit indices.
/// </summary>
internal sealed class GpuLibraryTests : GpuFixture
{
    static readonly (int Queries, int Keys, int Heads, int HeadDim, bool Causal)[] attentions =
    [
        (4096, 4096, 8, 40, false), (4096, 77, 8, 40, false), (1024, 1024, 8, 80, false), (1024, 77, 8, 80, false),
        (256, 256, 8, 160, false), (256, 77, 8, 160, false), (64, 64, 8, 160, false), (77, 77, 12, 64, true), (257, 257, 16, 64, false),
    ];

    static readonly (string Name, Shape Image, Shape Weight, int Stride, Padding2d Padding)[] convolutions =
    [
        ("first of the UNet", [2, 32, 32, 4], [320, 3, 3, 4], 1, 1),
        ("last of the UNet", [2, 32, 32, 320], [4, 3, 3, 320], 1, 1),
        ("downsampling of the UNet", [2, 32, 32, 320], [320, 3, 3, 320], 2, 1),
        ("shortcut of the UNet", [2, 16, 16, 640], [320, 1, 1, 640], 1, 0),
        ("first of the VAE", [1, 64, 48, 3], [128, 3, 3, 3], 1, 1),
        ("last of the VAE", [1, 64, 48, 128], [3, 3, 3, 128], 1, 1),
        ("downsampling of the VAE", [1, 64, 48, 128], [128, 3, 3, 128], 2, new Padding2d(0, 1, 0, 1)),
        ("patches of CLIP", [2, 224, 224, 3], [1024, 14, 14, 3], 14, 0),
        ("flat kernel of Inception", [2, 17, 17, 160], [160, 1, 7, 160], 1, new Padding2d(0, 0, 3, 3)),
    ];

    /// <summary>Without a plan our own kernel does it, which has no tensor cores. What the plan needs of memory is written down.</summary>
    [Test]
    public void The_library_has_the_attention_of_the_networks(
        [Values] AttentionPass pass, [ValueSource(nameof(attentions))] (int Queries, int Keys, int Heads, int HeadDim, bool Causal) size)
    {
        CudaDevice device = ((CudaBackend)Gpu).Device;
        device.MakeCurrent();
        using NativeCudnn dnn = new();
        if (device.Architecture < 80)
            Assert.Ignore($"{device.Name} is older than compute capability 8.0, from which on the library has fused attention.");
        if (pass == AttentionPass.Backward && size.Keys % 128 != 0 && dnn.Version < new Version(9, 15, 1))
            Assert.Ignore($"cuDNN {dnn.Version} has gradients for multiples of 128 keys alone; install 9.15.1 or newer.");
        AttentionKey key = new(pass, NativeType.BFloat16, 8, size.Queries, size.Keys, size.Heads, size.HeadDim, size.Causal);
        using IAttentionPlan? plan = dnn.Plan(key);
        Assert.That(plan, Is.Not.Null, $"cuDNN {dnn.Version} on {device.Name}");
        TestContext.Progress.WriteLine($"{key.Pass} of {size}: {plan!.WorkspaceBytes / 1048576.0:0.0} MiB of scratch memory");
    }

    [Test]
    public void Convolutions_of_the_networks_agree_with_the_cpu(
        [Values(DType.F32, DType.BF16, DType.F16)] DType dtype,
        [ValueSource(nameof(convolutions))] (string Name, Shape Image, Shape Weight, int Stride, Padding2d Padding) size)
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Numbers(size.Image, 1), w = Numbers(size.Weight, 2), b = Numbers([size.Weight[0]], 3);
        Check(dtype, 0.02, t => F.Conv2d(t[0], F.Affine(t[1], 0.02), t[2], size.Stride, size.Padding), x, w, b);
    }

    [Test]
    public void A_recorded_training_step_gives_the_bits_of_an_eager_one() =>
        Assert.That(SmallTraining.Run(Gpu, recorded: true), Is.EqualTo(SmallTraining.Run(Gpu, recorded: false)));

    [Test]
    public void The_same_bits_come_in_every_run([Values(DType.F32, DType.BF16, DType.F16)] DType dtype)
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor image = Numbers([2, 32, 32, 320], 1), filter = Numbers([320, 3, 3, 320], 2), bias = Numbers([320], 3);
        Tensor q = Numbers([2, 1024, 320], 4), context = Numbers([2, 77, 320], 5);
        RequireSameBits(dtype, t => F.Conv2d(t[0], t[1], t[2], padding: 1), image, filter, bias);
        RequireSameBits(dtype, t => F.ScaledDotProductAttention(t[0], t[0], t[0], heads: 8), q);
        RequireSameBits(dtype, t => F.ScaledDotProductAttention(t[0], t[1], t[1], heads: 8), q, context);
        RequireSameBits(dtype, t => F.Linear(t[0], t[1], t[2]), q, Numbers([1280, 320], 6), Numbers([1280], 7));
    }

    [Test]
    public void Another_thread_computes_too()
    {
        Exception? error = null;
        Thread thread = new(() =>
        {
            try
            {
                SmallTraining.Run(Gpu, recorded: true);
            }
            catch (CudaException e)
            {
                error = e;
            }
        });
        thread.Start();
        thread.Join();
        Assert.That(error, Is.Null);
    }

    /// <summary>The decoder's widest level at 512 pixels: the last of eight equal images has what the first has.</summary>
    [Test]
    public void Eight_images_of_512_pixels()
    {
        RequireAvailable(16L << 30);
        const int images = 8, side = 512, channels = 128, count = side * side * channels;
        using MemoryScope scope = MemoryScope.Open();
        Tensor image = F.Cast(Numbers([1, side, side, channels], 1).To(Gpu), DType.BF16);
        Tensor x = Tensor.Empty([images, side, side, channels], DType.BF16, Gpu);
        for (int i = 0; i < images; i++)
            x.CopyFrom(image, 0, i * count, count);
        Tensor weight = F.Cast(Numbers([channels, 3, 3, channels], 2).To(Gpu), DType.BF16);
        Tensor ones = Tensor.Full([channels], DType.F32, Gpu, 1);
        Tensor y = F.Conv2d(F.GroupNormSilu(x, ones, ones, 32, 1e-6f), weight, padding: 1);
        Tensor expected = F.Conv2d(F.GroupNormSilu(image, ones, ones, 32, 1e-6f), weight, padding: 1);
        Tensor last = Tensor.Empty(image.Shape, DType.BF16, Gpu);
        last.CopyFrom(y, (images - 1) * count, 0, count);
        TensorAssert.Close(OnCpu(last), OnCpu(expected), 0.01, "the last image");
    }

    [Test]
    public void More_elements_than_32_bits_count()
    {
        RequireAvailable(40L << 30);
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Tensor.Full([3, 1 << 30], DType.BF16, Gpu, 1), y = F.Silu(F.Affine(x, 2, 1));
        Assert.That(F.Mean(y).Item(), Is.EqualTo(3 / (1 + Math.Exp(-3))).Within(0.01));
        Assert.That(F.Mean(F.Cast(F.Affine(x, -1, 1.5), DType.F16)).Item(), Is.EqualTo(0.5));
    }

    void RequireSameBits(DType dtype, Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        float[]? first = null;
        for (int run = 0; run < 4; run++)
        {
            using MemoryScope scope = MemoryScope.Open();
            (Tensor y, Tensor[] gradients) = Differentiate(function, [.. inputs.Select(x => F.Cast(x.To(Gpu), dtype))]);
            float[] bits = [.. gradients.Prepend(y).SelectMany(t => OnCpu(t).ToArray<float>())];
            first ??= bits;
            Assert.That(bits.AsSpan().SequenceEqual(first), Is.True, $"run {run}");
        }
    }

    void RequireAvailable(long bytes)
    {
        if (Gpu.AvailableBytes < bytes)
            Assert.Ignore($"{Gpu.AvailableBytes >> 30} GiB of device memory are available; the test needs {bytes >> 30}.");
    }
}
