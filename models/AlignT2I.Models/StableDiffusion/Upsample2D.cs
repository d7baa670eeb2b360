using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>Doubles height and width: nearest neighbour, then a 3x3 convolution.</summary>
/// <remarks>Parameter names as in diffusers' Upsample2D.</remarks>
internal sealed class Upsample2D : Module<Tensor>
{
    readonly Conv2d conv;

    public Upsample2D(ParameterBuilder p, int channels) => conv = new Conv2d(p["conv"], channels, channels, kernel: 3, padding: 1);

    /// <param name="x">Feature map [N, H, W, channels].</param>
    /// <returns>[N, 2H, 2W, channels].</returns>
    protected override Tensor Forward(Tensor x) => conv.Call(F.UpsampleNearest2x(x));
}
