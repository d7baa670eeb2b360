namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>y = a - b, elementwise.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">The shape and type of <paramref name="a"/>.</param>
    /// <returns>The shape and type of <paramref name="a"/>.</returns>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    /// <exception cref="DTypeException">The types differ.</exception>
    public static Tensor Sub(Tensor a, Tensor b)
    {
        Require.Shape(b, a.Shape);
        Require.SameDType(b, a);

        Tensor y = Tensor.Empty(a.Shape, a.DType, a.Backend);
        a.Backend.Sub(a, b, y);
        if (Tape.Records(a, b))
            Tape.Push(new SubOp(a, b), y);
        return y;
    }
}

internal sealed class SubOp(Tensor a, Tensor b) : Op(a, b)
{
    /// <summary>da = dy, db = -dy.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        if (!NeedsGrad(1))
            return [dy, null];
        Tensor db = Tensor.Empty(dy.Shape, dy.DType, dy.Backend);
        dy.Backend.Affine(dy, -1, 0, db);
        return [dy, db];
    }
}
