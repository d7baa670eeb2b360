using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>Residual block of the UNet: two normalized 3x3 convolutions, with the time embedding added between them.</summary>
/// <remarks>Rombach et al. 2022, arXiv:2112.10752. Parameter names as in diffusers' ResnetBlock2D.</remarks>
internal sealed class ResnetBlock : Module<Tensor, Tensor>
{
    readonly GroupNorm norm1, norm2;
    readonly Conv2d conv1, conv2;
    readonly Linear timeEmbProj;
    readonly Conv2d? convShortcut;      // 1x1, only where the channel count changes

    public ResnetBlock(ParameterBuilder p, int inChannels, int outChannels, int timeEmbedDim, int groups, float eps)
    {
        norm1 = new GroupNorm(p["norm1"], groups, inChannels, eps, silu: true);
        conv1 = new Conv2d(p["conv1"], inChannels, outChannels, kernel: 3, padding: 1);
        timeEmbProj = new Linear(p["time_emb_proj"], timeEmbedDim, outChannels);
        norm2 = new GroupNorm(p["norm2"], groups, outChannels, eps, silu: true);
        conv2 = new Conv2d(p["conv2"], outChannels, outChannels, kernel: 3, padding: 1);
        convShortcut = inChannels == outChannels ? null : new Conv2d(p["conv_shortcut"], inChannels, outChannels, kernel: 1);
    }

    /// <param name="x">Feature map [N, H, W, inChannels].</param>
    /// <param name="temb">Time embedding [N, timeEmbedDim].</param>
    /// <returns>Feature map [N, H, W, outChannels].</returns>
    protected override Tensor Forward(Tensor x, Tensor temb)
    {
        Tensor h = conv1.Call(norm1.Call(x), sampleBias: timeEmbProj.Call(F.Silu(temb)));
        return conv2.Call(norm2.Call(h), residual: convShortcut?.Call(x) ?? x);
    }
}
