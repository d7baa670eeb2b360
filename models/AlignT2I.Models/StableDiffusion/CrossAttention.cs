using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>Multi-head attention of tokens to other tokens, or to themselves; queries, keys and values have no bias.</summary>
/// <remarks>Vaswani et al. 2017, arXiv:1706.03762. Parameter names as in diffusers' Attention.</remarks>
internal sealed class CrossAttention : Module<Tensor, Tensor, Tensor>
{
    readonly Linear toQ, toK, toV, toOut;
    readonly int heads;

    public CrossAttention(ParameterBuilder p, int channels, int contextChannels, int heads)
    {
        toQ = new Linear(p["to_q"], channels, channels, bias: false);
        toK = new Linear(p["to_k"], contextChannels, channels, bias: false);
        toV = new Linear(p["to_v"], contextChannels, channels, bias: false);
        toOut = new Linear(p["to_out"][0], channels, channels);
        this.heads = heads;
    }

    /// <param name="x">Tokens that ask [N, S, channels].</param>
    /// <param name="context">Tokens that are asked [N, T, contextChannels]; <paramref name="x"/> itself for self-attention.</param>
    /// <param name="residual">Tokens that the answers are added to [N, S, channels].</param>
    /// <returns>[N, S, channels].</returns>
    protected override Tensor Forward(Tensor x, Tensor context, Tensor residual) =>
        toOut.Call(F.ScaledDotProductAttention(toQ.Call(x), toK.Call(context), toV.Call(context), heads), residual);
}
