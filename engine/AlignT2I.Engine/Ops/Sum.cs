namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Sum of all elements.</summary>
    /// <param name="x">Any shape.</param>
    /// <returns>A scalar [] of the accumulator type of <paramref name="x"/>: F32 for half. The sum is kept in float64.</returns>
    public static Tensor Sum(Tensor x) => SumRows(x, [], 1);

    /// <summary>Mean of all elements.</summary>
    /// <param name="x">Any shape.</param>
    /// <returns>A scalar [] of the accumulator type of <paramref name="x"/>: F32 for half. The sum is kept in float64.</returns>
    public static Tensor Mean(Tensor x) => SumRows(x, [], 1.0 / x.Count);

    /// <summary>Sum over the last axis.</summary>
    /// <param name="x">[..., C].</param>
    /// <returns>[...], of the accumulator type of <paramref name="x"/>: F32 for half. The sum is kept in float64.</returns>
    /// <exception cref="ShapeException"><paramref name="x"/> is a scalar.</exception>
    public static Tensor SumLast(Tensor x)
    {
        Require.AtLeastRank(x, 1);
        return SumRows(x, x.Shape.ToArray()[..^1], 1);
    }

    /// <summary>Mean over the last axis.</summary>
    /// <param name="x">[..., C].</param>
    /// <returns>[...], of the accumulator type of <paramref name="x"/>: F32 for half. The sum is kept in float64.</returns>
    /// <exception cref="ShapeException"><paramref name="x"/> is a scalar.</exception>
    public static Tensor MeanLast(Tensor x)
    {
        Require.AtLeastRank(x, 1);
        return SumRows(x, x.Shape.ToArray()[..^1], 1.0 / x.Shape[^1]);
    }

    static Tensor SumRows(Tensor x, Shape shape, double multiply)
    {
        Tensor y = Tensor.Empty(shape, x.DType.Accumulator, x.Backend);
        x.Backend.SumRows(x, multiply, y);
        if (Tape.Records(x))
            Tape.Push(new SumOp(x, multiply), y);
        return y;
    }
}

internal sealed class SumOp(Tensor x, double multiply) : Op(x)
{
    readonly Shape shape = x.Shape;
    readonly DType dtype = x.DType;

    /// <summary>dx[r, ...] = multiply * dy[r], where multiply is 1 for a sum and 1 / count for a mean.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(shape, dtype, dy.Backend);
        dy.Backend.ExpandRows(dy, multiply, dx);
        return [dx];
    }
}
