using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>The autoencoder's coarsest resolution: residual block, attention, residual block.</summary>
/// <remarks>Parameter names as in diffusers' UNetMidBlock2D.</remarks>
internal sealed class VaeMidBlock : Module<Tensor>
{
    readonly VaeResnetBlock first, second;
    readonly VaeAttention attention;

    public VaeMidBlock(ParameterBuilder p, int channels, int groups)
    {
        first = new VaeResnetBlock(p["resnets"][0], channels, channels, groups);
        attention = new VaeAttention(p["attentions"][0], channels, groups);
        second = new VaeResnetBlock(p["resnets"][1], channels, channels, groups);
    }

    /// <param name="x">Feature map [N, H, W, channels].</param>
    /// <returns>[N, H, W, channels].</returns>
    protected override Tensor Forward(Tensor x) => second.Call(attention.Call(first.Call(x)));
}
