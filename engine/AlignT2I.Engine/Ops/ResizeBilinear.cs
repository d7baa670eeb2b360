namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Bilinear interpolation between pixel centres: PyTorch's <c>interpolate(align_corners=False)</c>.</summary>
    /// <remarks>There is no antialiasing where the result is smaller.</remarks>
    /// <param name="x">Images [N, H, W, C].</param>
    /// <param name="height">Height of the result, in pixels.</param>
    /// <param name="width">Width of the result, in pixels.</param>
    /// <returns>[N, height, width, C].</returns>
    /// <exception cref="ShapeException">Not four dimensions, an empty image, or a size that is not positive.</exception>
    public static Tensor ResizeBilinear(Tensor x, int height, int width)
    {
        Require.Rank(x, 4);
        Require.That(
            height > 0 && width > 0 && x.Shape[1] > 0 && x.Shape[2] > 0, $"x of shape {x.Shape} cannot become {height} by {width} pixels");

        Tensor y = Tensor.Empty([x.Shape[0], height, width, x.Shape[3]], x.DType, x.Backend);
        x.Backend.ResizeBilinear(x, y);
        if (Tape.Records(x))
            Tape.Push(new ResizeBilinearOp(x), y);
        return y;
    }
}

internal sealed class ResizeBilinearOp(Tensor x) : Op(x)
{
    readonly Shape shape = x.Shape;

    /// <summary>dx = the transpose of the interpolation: each dy goes to the four pixels it was mixed from, by their weights.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(shape, dy.DType, dy.Backend);
        dy.Backend.ResizeBilinearBackward(dy, dx);
        return [dx];
    }
}
