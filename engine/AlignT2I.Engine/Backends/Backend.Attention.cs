namespace AlignT2I.Engine;

public abstract partial class Backend
{
    internal abstract void AttentionForward(Tensor q, Tensor k, Tensor v, int heads, bool causal, Tensor y, Tensor logSumExp);

    internal abstract void AttentionBackward(
        Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, int heads, bool causal, Tensor dy, Tensor dq, Tensor dk, Tensor dv);
}
