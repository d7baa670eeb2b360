using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>Halves height and width by a 3x3 convolution of stride 2.</summary>
/// <remarks>Parameter names as in diffusers' Downsample2D.</remarks>
internal sealed class Downsample2D : Module<Tensor>
{
    readonly Conv2d conv;

    /// <param name="p">Where the parameters are.</param>
    /// <param name="channels">Channels in and out.</param>
    /// <param name="padding">1 on all sides in the UNet; only at the bottom and on the right in the autoencoder.</param>
    public Downsample2D(ParameterBuilder p, int channels, Padding2d padding) =>
        conv = new Conv2d(p["conv"], channels, channels, kernel: 3, stride: 2, padding: padding);

    /// <param name="x">Feature map [N, H, W, channels].</param>
    /// <returns>[N, H/2, W/2, channels].</returns>
    protected override Tensor Forward(Tensor x) => conv.Call(x);
}
