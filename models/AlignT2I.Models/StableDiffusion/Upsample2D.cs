using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>Doubles height and width: nearest neighbour, then a 3x3 convolution.</summary>
/// <remarks>Parameter names as in diffusers' Upsample2D.</remarks>
internal sealed class Upsample2D : Module<Tensor, Tensor?>
{
    readonly Conv2d conv;

    public Upsample2D(ParameterBuilder p, int channels) => conv = new Conv2d(p["conv"], channels, channels, kernel: 3, padding: 1);

    /// <param name="x">Feature map [N, H, W, channels].</param>
    /// <param name="like">
    /// A feature map of the height and width to reach, where they may be odd: 2H or 2H - 1, 2W or 2W - 1. Null doubles both.
    /// </param>
    /// <returns>[N, 2H, 2W, channels], or of the size of <paramref name="like"/>.</returns>
    protected override Tensor Forward(Tensor x, Tensor? like)
    {
        Tensor doubled = F.UpsampleNearest2x(x);
        return conv.Call(like is null ? doubled : Cut(doubled, like.Shape[1], like.Shape[2]));
    }

    /// <summary>Leaves out the last row or column: what is left is the nearest neighbour's of an odd size.</summary>
    static Tensor Cut(Tensor x, int height, int width)
    {
        (int n, int rows, int columns, int channels) = (x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]);
        if (height != rows)
            x = F.SliceLast(x.Reshape([n, rows * columns * channels]), 0, height * columns * channels);
        if (width != columns)
            x = F.SliceLast(x.Reshape([n * height, columns * channels]), 0, width * channels);
        return x.Reshape([n, height, width, channels]);
    }
}
