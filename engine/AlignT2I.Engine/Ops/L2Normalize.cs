namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Divides every vector of the last axis by its L2 norm.</summary>
    /// <param name="x">[..., C].</param>
    /// <param name="eps">Smallest divisor.</param>
    /// <returns>The shape and type of <paramref name="x"/>.</returns>
    /// <exception cref="ShapeException"><paramref name="x"/> is a scalar.</exception>
    public static Tensor L2Normalize(Tensor x, double eps = 1e-12)
    {
        Require.AtLeastRank(x, 1);

        Tensor y = Tensor.Empty(x.Shape, x.DType, x.Backend);
        Tensor norm = Tensor.Empty([x.Shape.Rows], x.DType.Accumulator, x.Backend);
        x.Backend.L2NormalizeForward(x, eps, y, norm);
        if (Tape.Records(x))
            Tape.Push(new L2NormalizeOp(x, y, norm, eps), y);
        return y;
    }
}

internal sealed class L2NormalizeOp : Op
{
    readonly Tensor y, norm;
    readonly double eps;

    public L2NormalizeOp(Tensor x, Tensor y, Tensor norm, double eps) : base(x)
    {
        (this.y, this.norm) = (Save(y), Save(norm));
        this.eps = eps;
    }

    /// <summary>dx = (dy - y * dot(y, dy)) / norm; dy / norm where the norm was raised to eps.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(dy.Shape, dy.DType, dy.Backend);
        dy.Backend.L2NormalizeBackward(y, norm, eps, dy, dx);
        return [dx];
    }
}
