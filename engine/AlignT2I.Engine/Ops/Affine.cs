namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>y = multiply * x + add, with two constants for the whole tensor.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="multiply">Factor.</param>
    /// <param name="add">Added after the product.</param>
    /// <returns>The shape and type of <paramref name="x"/>.</returns>
    public static Tensor Affine(Tensor x, double multiply, double add = 0)
    {
        Tensor y = Tensor.Empty(x.Shape, x.DType, x.Backend);
        x.Backend.Affine(x, multiply, add, y);
        if (Tape.Records(x))
            Tape.Push(new AffineOp(x, multiply), y);
        return y;
    }
}

internal sealed class AffineOp(Tensor x, double multiply) : Op(x)
{
    /// <summary>dx = multiply * dy.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(dy.Shape, dy.DType, dy.Backend);
        dy.Backend.Affine(dy, multiply, 0, dx);
        return [dx];
    }
}
