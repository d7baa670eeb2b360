namespace AlignT2I.Engine.Tests;

public static partial class OpCases
{
    static OpCase[] Attention =>
    [
        new(typeof(ScaledDotProductAttentionOp), "self, 2 heads of 3", [[2, 5, 6], [2, 5, 6], [2, 5, 6]],
            t => F.ScaledDotProductAttention(t[0], t[1], t[2], heads: 2)),
        new(typeof(ScaledDotProductAttentionOp), "causal", [[2, 11, 10], [2, 11, 10], [2, 11, 10]],
            t => F.ScaledDotProductAttention(t[0], t[1], t[2], heads: 2, causal: true)),
        new(typeof(ScaledDotProductAttentionOp), "cross, fewer keys", [[2, 13, 9], [2, 4, 9], [2, 4, 9]],
            t => F.ScaledDotProductAttention(t[0], t[1], t[2], heads: 3)),
        new(typeof(ScaledDotProductAttentionOp), "cross, causal, more keys", [[2, 3, 4], [2, 7, 4], [2, 7, 4]],
            t => F.ScaledDotProductAttention(t[0], t[1], t[2], heads: 1, causal: true)),
        new(typeof(ScaledDotProductAttentionOp), "two key tiles", [[1, 3, 2], [1, 83, 2], [1, 83, 2]],
            t => F.ScaledDotProductAttention(t[0], t[1], t[2], heads: 1)),
        new(typeof(ScaledDotProductAttentionOp), "two query blocks, causal", [[2, 69, 2], [2, 69, 2], [2, 69, 2]],
            t => F.ScaledDotProductAttention(t[0], t[1], t[2], heads: 2, causal: true)),
        new(typeof(ScaledDotProductAttentionOp), "keys in two parts", [[1, 3, 1], [1, 385, 1], [1, 385, 1]],
            t => F.ScaledDotProductAttention(t[0], t[1], t[2], heads: 1)),
        new(typeof(ScaledDotProductAttentionOp), "queries in two parts, causal", [[1, 385, 2], [1, 31, 2], [1, 31, 2]],
            t => F.ScaledDotProductAttention(t[0], t[1], t[2], heads: 1, causal: true)),
        new(typeof(ScaledDotProductAttentionOp), "wide head", [[2, 3, 21], [2, 5, 21], [2, 5, 21]],
            t => F.ScaledDotProductAttention(t[0], t[1], t[2], heads: 1)),
        new(typeof(ScaledDotProductAttentionOp), "keys and values shared with queries", [[2, 6, 5]],
            t => F.ScaledDotProductAttention(t[0], t[0], t[0], heads: 5)),
    ];
}
