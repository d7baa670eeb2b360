using AlignT2I.Engine.Backends.Cuda;

namespace AlignT2I.Engine.Tests.Cuda;

/// <summary>
/// Sizes that the operations' small cases do not reach: many blocks, 16-byte packs, wide rows and heads, nothing at all.
/// </summary>
internal sealed class CudaShapeTests : CudaFixture
{
    static OpCase[] Large =>
    [
        new(typeof(GroupNormSiluOp), "packs, several chunks of rows", [[2, 9, 11, 32], [32], [32]],
            t => F.GroupNormSilu(t[0], t[1], t[2], groups: 4, eps: 1e-5f)) { AccumulatorInputs = [1, 2] },
        new(typeof(GroupNormOp), "more packs than threads", [[1, 1, 2, 2056], [2056], [2056]],
            t => F.GroupNorm(t[0], t[1], t[2], groups: 8, eps: 1e-5f)) { AccumulatorInputs = [1, 2] },
        new(typeof(LayerNormOp), "a block per row", [[3, 1040], [1040], [1040]], t => F.LayerNorm(t[0], t[1], t[2], eps: 1e-5f))
        {
            AccumulatorInputs = [1, 2],
        },
        new(typeof(LayerNormOp), "a block per row, odd", [[2, 1031], [1031], [1031]], t => F.LayerNorm(t[0], t[1], t[2], eps: 1e-5f))
        {
            AccumulatorInputs = [1, 2],
        },
        new(typeof(LayerNormOp), "packs", [[11, 48], [48], [48]], t => F.LayerNorm(t[0], t[1], t[2], eps: 1e-5f))
        {
            AccumulatorInputs = [1, 2],
        },
        new(typeof(SoftmaxOp), "packs", [[9, 64]], t => F.Softmax(t[0])),
        new(typeof(SoftmaxOp), "a block per row", [[2, 1032]], t => F.Softmax(t[0])),
        new(typeof(SumOp), "several blocks for one row", [[40_003]], t => F.Mean(t[0])),
        new(typeof(SumOp), "a block per row", [[3, 1100]], t => F.SumLast(t[0])),
        new(typeof(GegluOp), "packs", [[3, 5, 64]], t => F.Geglu(t[0])),
        new(typeof(SiluOp), "packs and a rest", [[1003]], t => F.Silu(t[0])),
        new(typeof(AddBroadcastOp), "packs", [[2, 3, 16], [2, 16]], t => F.AddPerChannel(t[0], t[1])),
        new(typeof(LinearOp), "packs, with residual", [[70, 24], [16, 24], [16], [70, 16]],
            t => F.Linear(t[0], t[1], t[2], residual: t[3])),
        new(typeof(Conv2dOp), "packs, with sample bias and residual", [[2, 5, 7, 8], [16, 3, 3, 8], [16], [2, 16], [2, 5, 7, 16]],
            t => F.Conv2d(t[0], t[1], t[2], padding: 1, sampleBias: t[3], residual: t[4])),
        new(typeof(LinearOp), "packs", [[70, 24], [16, 24], [16]], t => F.Linear(t[0], t[1], t[2])),
        new(typeof(MseLossOp), "two blocks a sample", [[2, 17_000], [2, 17_000]], t => F.MseLoss(t[0], t[1])),
        new(typeof(UpsampleNearest2xOp), "packs", [[1, 3, 2, 16]], t => F.UpsampleNearest2x(t[0])),
        new(typeof(ConcatOp), "words of every size", [[3, 8], [3, 2], [3, 1], [3, 5]], t => F.Concat(t)),
    ];

    static OpCase[] Heads =>
    [
        .. new[] { 40, 64, 80, 160 }.Select(d => Attention($"head of {d}", 5, 70, d, causal: false)),
        Attention("head of 40, causal", 67, 67, 40, causal: true),
        Attention("a head wider than a share", 3, 5, 260, causal: false),
    ];

    static OpCase[] Empty =>
    [
        new(typeof(SiluOp), "empty", [[0, 3]], t => F.Silu(t[0])),
        new(typeof(AddOp), "one element", [[1], [1]], t => F.Add(t[0], t[1])),
        new(typeof(LinearOp), "no rows", [[0, 5], [3, 5], [3]], t => F.Linear(t[0], t[1], t[2])),
        new(typeof(LinearOp), "one element", [[1, 1], [1, 1], [1]], t => F.Linear(t[0], t[1], t[2])),
        new(typeof(MatMulOp), "nothing to sum", [[3, 0], [0, 2]], t => F.MatMul(t[0], t[1])),
        new(typeof(Conv2dOp), "no images", [[0, 4, 4, 3], [2, 3, 3, 3], [2]], t => F.Conv2d(t[0], t[1], t[2], padding: 1)),
        new(typeof(Conv2dOp), "no images, with sample bias and residual", [[0, 4, 4, 3], [2, 3, 3, 3], [0, 2], [0, 4, 4, 2]],
            t => F.Conv2d(t[0], t[1], padding: 1, sampleBias: t[2], residual: t[3])),
        new(typeof(Conv2dOp), "one pixel, with sample bias and residual", [[1, 1, 1, 1], [1, 1, 1, 1], [1], [1, 1], [1, 1, 1, 1]],
            t => F.Conv2d(t[0], t[1], t[2], sampleBias: t[3], residual: t[4])),
        new(typeof(Conv2dOp), "one pixel", [[1, 1, 1, 1], [1, 1, 1, 1], [1]], t => F.Conv2d(t[0], t[1], t[2])),
        new(typeof(GroupNormOp), "no images", [[0, 2, 2, 4], [4], [4]], t => F.GroupNorm(t[0], t[1], t[2], groups: 2, eps: 1e-5f))
        {
            AccumulatorInputs = [1, 2],
        },
        new(typeof(LayerNormOp), "no rows", [[0, 4], [4], [4]], t => F.LayerNorm(t[0], t[1], t[2], eps: 1e-5f))
        {
            AccumulatorInputs = [1, 2],
        },
        new(typeof(LayerNormOp), "one element", [[1, 1], [1], [1]], t => F.LayerNorm(t[0], t[1], t[2], eps: 1e-5f))
        {
            AccumulatorInputs = [1, 2],
        },
        new(typeof(SoftmaxOp), "no rows", [[0, 4]], t => F.Softmax(t[0])),
        new(typeof(SumOp), "of nothing", [[0]], t => F.Sum(t[0])),
        new(typeof(ScaledDotProductAttentionOp), "no queries", [[2, 0, 4], [2, 3, 4], [2, 3, 4]],
            t => F.ScaledDotProductAttention(t[0], t[1], t[2], heads: 2)),
        new(typeof(ScaledDotProductAttentionOp), "one key", [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
            t => F.ScaledDotProductAttention(t[0], t[1], t[2], heads: 1)),
        new(typeof(EmbeddingOp), "no ids", [[3, 2]], t => F.Embedding(Tensor.From<int>([], [0], t[0].Backend), t[0])),
        new(typeof(ConcatOp), "an empty part", [[2, 3], [2, 0]], t => F.Concat(t)),
        new(typeof(UpsampleNearest2xOp), "no images", [[0, 2, 2, 3]], t => F.UpsampleNearest2x(t[0])),
        new(typeof(AvgPool2dOp), "no images", [[0, 4, 4, 3]], t => F.AvgPool2d(t[0], 2, 2)),
    ];

    [Test]
    public void Larger_shapes_agree_with_float64([ValueSource(nameof(Large))] OpCase c, [Values(DType.F32, DType.BF16)] DType dtype) =>
        CrossBackendCheck.Run(c, Cuda, dtype, Tolerance.For(dtype));

    [Test]
    public void Heads_of_every_width_agree_with_float64([ValueSource(nameof(Heads))] OpCase c) =>
        CrossBackendCheck.Run(c, Cuda, DType.BF16, Tolerance.For(DType.BF16));

    [Test]
    public void Empty_and_one_element_shapes_agree_with_float64(
        [ValueSource(nameof(Empty))] OpCase c, [Values(DType.F32, DType.BF16, DType.F16)] DType dtype) =>
        CrossBackendCheck.Run(c, Cuda, dtype, Tolerance.For(dtype));

    [Test]
    public void Every_cast_agrees_with_the_cpu([Values] DType from, [Values] DType to)
    {
        using MemoryScope scope = MemoryScope.Open();
        double[] values =
            [0, 1, -1, 0.5, 1.5, 2.5, -2.5, 100.25, 255, 256, -300, 3e4, 65504, 7e4, 3e9, -3e9, 1e-3, 1.00390625, 1.01171875];
        Tensor x = F.Cast(Tensor.From(values, [values.Length]), from);
        TensorAssert.Same(F.Cast(x.To(Cuda), to).To(Backend.Cpu), F.Cast(x, to), $"{from} to {to}");
    }

    static OpCase Attention(string name, int queries, int keys, int headDim, bool causal) => new(
        typeof(ScaledDotProductAttentionOp), name, [[1, queries, headDim], [1, keys, headDim], [1, keys, headDim]],
        t => F.ScaledDotProductAttention(t[0], t[1], t[2], heads: 1, causal));

    /// <summary>Chunks are the height of a grid, which ends at 65,535 blocks: a billion elements in one row have longer ones.</summary>
    [TestCase(1, 1, 16384)]
    [TestCase(16384, 1, 16384)]
    [TestCase(16385, 2, 16384)]
    [TestCase(65535L * 16384, 65535, 16384)]
    [TestCase(65535L * 16384 + 1, 32768, 32768)]
    [TestCase(3L << 30, 49152, 65536)]
    public void Rows_are_cut_into_as_many_chunks_as_a_grid_is_high(long columns, int count, long length) =>
        Assert.That(CudaRowChunks.Of(columns), Is.EqualTo(new CudaRowChunks(count, length)));
}
