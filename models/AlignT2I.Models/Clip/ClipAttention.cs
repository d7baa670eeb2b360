using AlignT2I.Engine;

namespace AlignT2I.Models.Clip;

/// <summary>Multi-head self-attention of both towers.</summary>
/// <remarks>Vaswani et al. 2017, arXiv:1706.03762. Parameter names as in transformers' CLIPAttention.</remarks>
internal sealed class ClipAttention : Module<Tensor, Tensor>
{
    readonly Linear qProj, kProj, vProj, outProj;
    readonly int heads;
    readonly bool causal;

    public ClipAttention(ParameterBuilder p, int hiddenSize, int heads, bool causal)
    {
        (this.heads, this.causal) = (heads, causal);
        qProj = new Linear(p["q_proj"], hiddenSize, hiddenSize);
        kProj = new Linear(p["k_proj"], hiddenSize, hiddenSize);
        vProj = new Linear(p["v_proj"], hiddenSize, hiddenSize);
        outProj = new Linear(p["out_proj"], hiddenSize, hiddenSize);
    }

    /// <param name="x">Hidden states [N, S, D].</param>
    /// <param name="residual">What the result is added to [N, S, D].</param>
    /// <returns>[N, S, D].</returns>
    protected override Tensor Forward(Tensor x, Tensor residual) =>
        outProj.Call(F.ScaledDotProductAttention(qProj.Call(x), kProj.Call(x), vProj.Call(x), heads, causal), residual);
}
