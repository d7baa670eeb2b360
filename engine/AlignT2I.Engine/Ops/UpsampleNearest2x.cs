namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Doubles height and width: every pixel becomes a square of four.</summary>
    /// <param name="x">Feature map [N, H, W, C].</param>
    /// <returns>[N, 2H, 2W, C].</returns>
    /// <exception cref="ShapeException"><paramref name="x"/> does not have four dimensions.</exception>
    public static Tensor UpsampleNearest2x(Tensor x)
    {
        Require.Rank(x, 4);

        Tensor y = Tensor.Empty([x.Shape[0], 2 * x.Shape[1], 2 * x.Shape[2], x.Shape[3]], x.DType, x.Backend);
        x.Backend.UpsampleNearest2x(x, y);
        if (Tape.Records(x))
            Tape.Push(new UpsampleNearest2xOp(x), y);
        return y;
    }
}

internal sealed class UpsampleNearest2xOp(Tensor x) : Op(x)
{
    readonly Shape shape = x.Shape;

    /// <summary>dx = the sum of dy over the four pixels that x became.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(shape, dy.DType, dy.Backend);
        dy.Backend.UpsampleNearest2xBackward(dy, dx);
        return [dx];
    }
}
