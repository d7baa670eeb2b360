namespace AlignT2I.Engine.Tests;

public static partial class OpCases
{
    static OpCase[] Norm =>
    [
        .. Normalizations().Select(c => c with { AccumulatorInputs = [1, 2] }),      // scale and shift
        new(typeof(SoftmaxOp), "odd width", [[2, 3, 7]], t => F.Softmax(t[0])) { Range = (-4, 4) },
        new(typeof(SoftmaxOp), "two vectors and a rest", [[3, 37]], t => F.Softmax(t[0])),
    ];

    static OpCase[] Normalizations() =>
    [
        new(typeof(GroupNormOp), "2 groups of 3", [[2, 3, 5, 6], [6], [6]], t => F.GroupNorm(t[0], t[1], t[2], groups: 2, eps: 1e-5f)),
        new(typeof(GroupNormOp), "groups of one channel", [[3, 2, 5, 7], [7], [7]],
            t => F.GroupNorm(t[0], t[1], t[2], groups: 7, eps: 1e-5f)),
        new(typeof(GroupNormOp), "one group, tokens", [[2, 5, 18], [18], [18]], t => F.GroupNorm(t[0], t[1], t[2], groups: 1, eps: 1e-3f)),
        new(typeof(GroupNormOp), "two row blocks", [[2, 7, 19, 3], [3], [3]], t => F.GroupNorm(t[0], t[1], t[2], groups: 3, eps: 1e-6f)),
        new(typeof(GroupNormOp), "slabs of channels", [[2, 1, 3, 132], [132], [132]],
            t => F.GroupNorm(t[0], t[1], t[2], groups: 11, eps: 1e-5f)),
        new(typeof(GroupNormSiluOp), "2 groups of 5", [[2, 3, 5, 10], [10], [10]],
            t => F.GroupNormSilu(t[0], t[1], t[2], groups: 2, eps: 1e-5f)),
        new(typeof(GroupNormSiluOp), "groups of one channel", [[3, 3, 5, 9], [9], [9]],
            t => F.GroupNormSilu(t[0], t[1], t[2], groups: 9, eps: 1e-5f)),
        new(typeof(LayerNormOp), "odd width", [[2, 5, 7], [7], [7]], t => F.LayerNorm(t[0], t[1], t[2], eps: 1e-5f)),
        new(typeof(LayerNormOp), "two vectors and a rest", [[3, 37], [37], [37]], t => F.LayerNorm(t[0], t[1], t[2], eps: 1e-5f)),
        new(typeof(LayerNormOp), "more rows than parts", [[21, 3], [3], [3]], t => F.LayerNorm(t[0], t[1], t[2], eps: 1e-3f)),
    ];
}
