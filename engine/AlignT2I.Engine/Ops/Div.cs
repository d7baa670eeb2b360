namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>y = a / b, elementwise, with IEEE 754's answers where b is zero.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">The shape and type of <paramref name="a"/>.</param>
    /// <returns>The shape and type of <paramref name="a"/>.</returns>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    /// <exception cref="DTypeException">The types differ.</exception>
    public static Tensor Div(Tensor a, Tensor b)
    {
        Require.Shape(b, a.Shape);
        Require.SameDType(b, a);

        Tensor y = Tensor.Empty(a.Shape, a.DType, a.Backend);
        a.Backend.Div(a, b, y);
        if (Tape.Records(a, b))
            Tape.Push(new DivOp(a, b, y), y);
        return y;
    }
}

internal sealed class DivOp : Op
{
    readonly Tensor b, y;

    public DivOp(Tensor a, Tensor b, Tensor y) : base(a, b) => (this.b, this.y) = (Save(b), Save(y));

    /// <summary>da = dy / b, db = -y * da.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor da = Tensor.Empty(dy.Shape, dy.DType, dy.Backend);
        dy.Backend.Div(dy, b, da);
        if (!NeedsGrad(1))
            return [da, null];
        Tensor product = Tensor.Empty(dy.Shape, dy.DType, dy.Backend);
        dy.Backend.Mul(y, da, product);
        Tensor db = Tensor.Empty(dy.Shape, dy.DType, dy.Backend);
        dy.Backend.Affine(product, -1, 0, db);
        return [da, db];
    }
}
