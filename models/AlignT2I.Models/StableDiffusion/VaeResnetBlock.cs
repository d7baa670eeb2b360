using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>Residual block of the autoencoder: two normalized 3x3 convolutions.</summary>
/// <remarks>Esser et al. 2021, arXiv:2012.09841. Parameter names as in diffusers' ResnetBlock2D without a time embedding.</remarks>
internal sealed class VaeResnetBlock : Module<Tensor>
{
    /// <summary>Added to the variance in every group normalization of the autoencoder.</summary>
    public const float Eps = 1e-6f;

    readonly GroupNorm norm1, norm2;
    readonly Conv2d conv1, conv2;
    readonly Conv2d? convShortcut;      // 1x1, only where the channel count changes

    public VaeResnetBlock(ParameterBuilder p, int inChannels, int outChannels, int groups)
    {
        norm1 = new GroupNorm(p["norm1"], groups, inChannels, Eps, silu: true);
        conv1 = new Conv2d(p["conv1"], inChannels, outChannels, kernel: 3, padding: 1);
        norm2 = new GroupNorm(p["norm2"], groups, outChannels, Eps, silu: true);
        conv2 = new Conv2d(p["conv2"], outChannels, outChannels, kernel: 3, padding: 1);
        convShortcut = inChannels == outChannels ? null : new Conv2d(p["conv_shortcut"], inChannels, outChannels, kernel: 1);
    }

    /// <param name="x">Feature map [N, H, W, inChannels].</param>
    /// <returns>Feature map [N, H, W, outChannels].</returns>
    protected override Tensor Forward(Tensor x) =>
        conv2.Call(norm2.Call(conv1.Call(norm1.Call(x))), residual: convShortcut?.Call(x) ?? x);
}
