using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AlignT2I.Engine;
using AlignT2I.Testing;

namespace AlignT2I.Native.Tests;

/// <summary>The graphs that are given to cuDNN, computed operation by operation, give what the CPU backend gives.</summary>
internal sealed unsafe class CudnnTests
{
    readonly NativeCudnn dnn = new();
    MemoryScope scope = null!;

    [SetUp]
    public void Open() => scope = MemoryScope.Open();

    [TearDown]
    public void Close()
    {
        scope.Dispose();
        Assert.That(*StandInLibraries.Variable<int>("libcudnn.so.9", "live_descriptors"), Is.Zero, "descriptors that were not destroyed");
    }

    [OneTimeTearDown]
    public void End() => dnn.Dispose();

    [Test]
    public void Version() => Assert.That(dnn.Version, Is.EqualTo(new Version(9, 15, 1)));

    [Test]
    public void Engines_that_may_not_be_used_are_left_out()
    {
        ConvolutionKey key = Key(ConvolutionPass.Forward, NativeType.Float32);
        Assert.That(dnn.Engines(key), Is.EqualTo(new[] { "5:4=3", "11:" }), "float32 without the tensor cores");
        Assert.That(dnn.Engines(key with { TensorFloat32 = true }), Is.EqualTo(new[] { "5:4=3", "0:4=2", "11:" }));
        ConvolutionKey free = Key(ConvolutionPass.Forward, NativeType.BFloat16) with { Nondeterministic = true };
        Assert.That(dnn.Engines(free), Is.EqualTo(new[] { "7:4=1", "5:4=3", "0:4=2", "11:" }));
        Assert.That(dnn.Plan(key, "5:4=3"), Is.Null, "an engine that turns out not to work");
        Assert.That(dnn.Plan(key, "99:"), Is.Null, "an engine of another version");
        Assert.That(dnn.Engines(key with { Filters = 666 }), Is.Empty, "a graph that the library does not support");
    }

    [Test]
    public void Convolutions_and_their_gradients([Values] bool withBias)
    {
        ConvolutionKey key = Key(ConvolutionPass.Forward, NativeType.Float32) with { Bias = withBias };
        Tensor x = Random([key.Images, key.Height, key.Width, key.Channels], 1);
        Tensor w = Random([key.Filters, key.KernelHeight, key.KernelWidth, key.Channels], 2), bias = Random([key.Filters], 3);
        x.RequiresGrad = w.RequiresGrad = true;
        using Tape tape = Tape.Open();
        Tensor y = F.Conv2d(x, w, withBias ? bias : null, key.Stride, new Padding2d(key.Top, key.Bottom, key.Left, key.Right));
        Tensor dy = Random(y.Shape, 4);
        tape.Backward(y, dy);

        Shape expected = [key.Images, key.OutputHeight, key.OutputWidth, key.Filters];
        Assert.That(y.Shape, Is.EqualTo(expected));
        TensorAssert.Close(Run(key, x, w, y.Shape, bias), y, 1e-6, "y");
        TensorAssert.Close(Run(key with { Pass = ConvolutionPass.BackwardData, Bias = false }, dy, w, x.Shape), x.Grad!, 1e-6, "dx");
        TensorAssert.Close(Run(key with { Pass = ConvolutionPass.BackwardWeight, Bias = false }, x, dy, w.Shape), w.Grad!, 1e-6, "dw");
    }

    [Test]
    public void Attention_and_its_gradients([Values] bool causal, [Values] bool nondeterministic, [Values(5, 9)] int keys)
    {
        const int heads = 2, headDim = 8;
        AttentionKey key = new(AttentionPass.Forward, NativeType.Float16, 2, 7, keys, heads, headDim, causal)
        {
            Nondeterministic = nondeterministic,
        };
        Shape queries = [2, 7, heads * headDim], others = [2, keys, heads * headDim];
        Tensor q = RandomHalf(queries, 1), k = RandomHalf(others, 2), v = RandomHalf(others, 3), dy = RandomHalf(queries, 4);
        Tensor q32 = F.Cast(q, DType.F32), k32 = F.Cast(k, DType.F32), v32 = F.Cast(v, DType.F32);
        q32.RequiresGrad = k32.RequiresGrad = v32.RequiresGrad = true;
        using Tape tape = Tape.Open();
        Tensor y32 = F.ScaledDotProductAttention(q32, k32, v32, heads, causal);
        tape.Backward(y32, F.Cast(dy, DType.F32));

        Tensor y = Tensor.Empty(queries, DType.F16, Backend.Cpu), logs = Tensor.Empty([2, heads, 7], DType.F32, Backend.Cpu);
        Tensor dq = Tensor.Empty(queries, DType.F16, Backend.Cpu), dk = Tensor.Empty(others, DType.F16, Backend.Cpu);
        Tensor dv = Tensor.Empty(others, DType.F16, Backend.Cpu);
        AttentionOperands operands = new(P(q), P(k), P(v), P(y), P(logs)) { Dy = P(dy), Dq = P(dq), Dk = P(dk), Dv = P(dv) };
        Run(key, operands);
        TensorAssert.Close(F.Cast(y, DType.F32), y32, 2e-3, "y");
        Run(key with { Pass = AttentionPass.Backward }, operands);
        TensorAssert.Close(F.Cast(dq, DType.F32), q32.Grad!, 4e-3, "dq");
        TensorAssert.Close(F.Cast(dk, DType.F32), k32.Grad!, 4e-3, "dk");
        TensorAssert.Close(F.Cast(dv, DType.F32), v32.Grad!, 4e-3, "dv");
    }

    [TestCase(NativeType.Float32, 64, 77, "9.15.1", false, TestName = "No_fused_attention_in_float32")]
    [TestCase(NativeType.Float16, 65, 77, "9.15.1", false, TestName = "No_fused_attention_for_odd_heads")]
    [TestCase(NativeType.Float16, 160, 77, "9.15.1", true, TestName = "Fused_attention_for_wide_heads")]
    [TestCase(NativeType.Float16, 40, 77, "9.8", false, TestName = "No_backward_pass_of_older_versions_for_77_keys")]
    [TestCase(NativeType.Float16, 40, 4096, "9.8", true, TestName = "Backward_pass_of_older_versions_for_4096_keys")]
    [TestCase(NativeType.BFloat16, 40, 4096, "9.10.1", false, TestName = "No_fused_attention_of_a_faulty_version")]
    [TestCase(NativeType.BFloat16, 40, 4096, "8.9.7", false, TestName = "No_fused_attention_of_version_8")]
    public void Where_fused_attention_is_tried(NativeType type, int headDim, int keys, string version, bool supported)
    {
        AttentionKey key = new(AttentionPass.Backward, type, 1, 64, keys, 8, headDim, Causal: false);
        Assert.That(CudnnAttention.Supports(key, System.Version.Parse(version)), Is.EqualTo(supported));
    }

    [TestCase(AttentionPass.Forward, 77, false, "9.0", true, TestName = "A_single_query")]
    [TestCase(AttentionPass.Forward, 77, true, "9.9", false, TestName = "No_mask_for_a_single_query_in_older_versions")]
    [TestCase(AttentionPass.Forward, 77, true, "9.15.1", true, TestName = "A_mask_for_a_single_query")]
    [TestCase(AttentionPass.Backward, 77, false, "9.15.1", true, TestName = "Gradients_of_a_single_query")]
    [TestCase(AttentionPass.Backward, 1, false, "9.15.1", false, TestName = "No_gradients_of_a_single_query_and_key")]
    public void Where_fused_attention_is_tried_for_one_query(AttentionPass pass, int keys, bool causal, string version, bool supported)
    {
        AttentionKey key = new(pass, NativeType.BFloat16, 1, 1, keys, 8, 64, causal);
        Assert.That(CudnnAttention.Supports(key, System.Version.Parse(version)), Is.EqualTo(supported));
    }

    static ConvolutionKey Key(ConvolutionPass pass, NativeType type) =>
        new(
            pass, type, type, Images: 2, Height: 7, Width: 6, Channels: 3, Filters: 4, KernelHeight: 3, KernelWidth: 2, Stride: 2,
            Top: 0, Bottom: 1, Left: 2, Right: 1);

    Tensor Run(ConvolutionKey key, Tensor first, Tensor second, Shape result, Tensor? bias = null)
    {
        Tensor y = Tensor.Empty(result, DType.F32, Backend.Cpu);
        string engine = dnn.Engines(key)[^1];
        using IConvolutionPlan plan = dnn.Plan(key, engine)!;
        Assert.That(plan.Engine, Is.EqualTo(engine));
        nint scratch = (nint)NativeMemory.AlignedAlloc((nuint)plan.WorkspaceBytes, 256);
        plan.Run(new ConvolutionOperands(P(first), P(second), P(y), bias is null ? 0 : P(bias)), scratch, new CudaStream(5));
        NativeMemory.AlignedFree((void*)scratch);
        return y;
    }

    void Run(AttentionKey key, AttentionOperands operands)
    {
        using IAttentionPlan? plan = dnn.Plan(key);
        Assert.That(plan, Is.Not.Null);
        nint scratch = (nint)NativeMemory.AlignedAlloc((nuint)plan!.WorkspaceBytes, 256);
        plan.Run(operands, scratch, new CudaStream(5));
        NativeMemory.AlignedFree((void*)scratch);
    }

    static Tensor Random(Shape shape, int seed)
    {
        Random random = new(seed);
        return Tensor.From([.. Enumerable.Range(0, (int)shape.Count).Select(_ => 2 * random.NextSingle() - 1)], shape);
    }

    static Tensor RandomHalf(Shape shape, int seed) => F.Cast(Random(shape, seed), DType.F16);

    /// <summary>A tensor's memory, which does not move.</summary>
    static nint P(Tensor x) => x.DType == DType.F16
        ? (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(x.AsSpan<Half>()))
        : (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(x.AsSpan<float>()));
}
