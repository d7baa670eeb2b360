namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Attention: y = softmax(q kᵀ / sqrt(d)) v for each head, the score matrix never in memory.</summary>
    /// <remarks>Vaswani et al. 2017, arXiv:1706.03762; by tiles as in Dao et al. 2022, arXiv:2205.14135.</remarks>
    /// <param name="q">Queries [N, S, heads * d], the heads packed on the last axis, F32 or F64.</param>
    /// <param name="k">Keys [N, T, heads * d].</param>
    /// <param name="v">Values [N, T, heads * d].</param>
    /// <param name="heads">Number of heads; divides the last axis.</param>
    /// <param name="causal">Position s reads positions 0..s only.</param>
    /// <returns>[N, S, heads * d], of the type of <paramref name="q"/>.</returns>
    /// <exception cref="ShapeException">
    /// A shape is not as above, T is 0, or <paramref name="heads"/> does not divide the last axis.
    /// </exception>
    /// <exception cref="DTypeException">The types differ, or the backend does not compute in them.</exception>
    public static Tensor ScaledDotProductAttention(Tensor q, Tensor k, Tensor v, int heads, bool causal = false)
    {
        Require.Rank(q, 3);
        Require.Rank(k, 3);
        int n = q.Shape[0], keys = k.Shape[1], channels = q.Shape[2];
        Require.Divides(heads, channels, "choose a number of heads that divides the channels");
        Require.Shape(k, [n, keys, channels]);
        Require.Shape(v, [n, keys, channels]);
        Require.That(keys > 0 && channels > 0, $"k has shape {k.Shape}; there must be at least one key and one channel");
        Require.SameDType(k, q);
        Require.SameDType(v, q);

        Tensor y = Tensor.Empty(q.Shape, q.DType, q.Backend);
        Tensor logSumExp = Tensor.Empty([n, heads, q.Shape[1]], q.DType.Accumulator, q.Backend);
        q.Backend.AttentionForward(q, k, v, heads, causal, y, logSumExp);
        if (Tape.Records(q, k, v))
            Tape.Push(new ScaledDotProductAttentionOp(q, k, v, y, logSumExp, heads, causal), y);
        return y;
    }
}

internal sealed class ScaledDotProductAttentionOp : Op
{
    readonly Tensor q, k, v, y, logSumExp;
    readonly int heads;
    readonly bool causal;

    public ScaledDotProductAttentionOp(Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, int heads, bool causal)
        : base(q, k, v)
    {
        (this.q, this.k, this.v) = (Save(q), Save(k), Save(v));
        (this.y, this.logSumExp) = (Save(y), Save(logSumExp));
        (this.heads, this.causal) = (heads, causal);
    }

    /// <summary>
    /// p = e^(q kᵀ / sqrt(d) - logSumExp), ds = p (dy vᵀ - rowsum(dy * y)): dq = ds k / sqrt(d), dk = dsᵀ q / sqrt(d), dv = pᵀ dy.
    /// </summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dq = Tensor.Empty(q.Shape, q.DType, q.Backend);
        Tensor dk = Tensor.Empty(k.Shape, k.DType, k.Backend);
        Tensor dv = Tensor.Empty(v.Shape, v.DType, v.Backend);
        q.Backend.AttentionBackward(q, k, v, y, logSumExp, heads, causal, dy, dq, dk, dv);
        return [dq, dk, dv];
    }
}
