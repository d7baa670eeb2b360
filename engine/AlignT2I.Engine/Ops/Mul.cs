namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>y = a * b, elementwise.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">The shape and type of <paramref name="a"/>.</param>
    /// <returns>The shape and type of <paramref name="a"/>.</returns>
    /// <exception cref="ShapeException">The shapes differ; see <see cref="MulPerSample"/> and <see cref="ScaleShift"/>.</exception>
    /// <exception cref="DTypeException">The types differ.</exception>
    public static Tensor Mul(Tensor a, Tensor b)
    {
        Require.Shape(b, a.Shape);
        Require.SameDType(b, a);

        Tensor y = Tensor.Empty(a.Shape, a.DType, a.Backend);
        a.Backend.Mul(a, b, y);
        if (Tape.Records(a, b))
            Tape.Push(new MulOp(a, b), y);
        return y;
    }
}

internal sealed class MulOp : Op
{
    readonly Tensor a, b;

    public MulOp(Tensor a, Tensor b) : base(a, b) => (this.a, this.b) = (Save(a), Save(b));

    /// <summary>da = dy * b, db = dy * a.</summary>
    protected internal override Tensor?[] Backward(Tensor dy) => [NeedsGrad(0) ? Times(dy, b) : null, NeedsGrad(1) ? Times(dy, a) : null];

    static Tensor Times(Tensor dy, Tensor other)
    {
        Tensor dx = Tensor.Empty(dy.Shape, dy.DType, dy.Backend);
        dy.Backend.Mul(dy, other, dx);
        return dx;
    }
}
