using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>Self-attention over the pixels of the autoencoder's coarsest feature map: one head as wide as the channels.</summary>
/// <remarks>Esser et al. 2021, arXiv:2012.09841. Parameter names as in diffusers' Attention with a group norm.</remarks>
internal sealed class VaeAttention : Module<Tensor>
{
    readonly GroupNorm groupNorm;
    readonly Linear toQ, toK, toV, toOut;

    public VaeAttention(ParameterBuilder p, int channels, int groups)
    {
        groupNorm = new GroupNorm(p["group_norm"], groups, channels, VaeResnetBlock.Eps);
        toQ = new Linear(p["to_q"], channels, channels);
        toK = new Linear(p["to_k"], channels, channels);
        toV = new Linear(p["to_v"], channels, channels);
        toOut = new Linear(p["to_out"][0], channels, channels);
    }

    /// <param name="x">Feature map [N, H, W, channels].</param>
    /// <returns>[N, H, W, channels].</returns>
    protected override Tensor Forward(Tensor x)
    {
        Shape shape = [x.Shape[0], x.Shape[1] * x.Shape[2], x.Shape[3]];
        Tensor tokens = groupNorm.Call(x).Reshape(shape);
        Tensor attended = F.ScaledDotProductAttention(toQ.Call(tokens), toK.Call(tokens), toV.Call(tokens), heads: 1);
        return toOut.Call(attended, residual: x.Reshape(shape)).Reshape(x.Shape);
    }
}
