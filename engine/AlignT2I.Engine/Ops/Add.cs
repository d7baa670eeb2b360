namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>y = a + b, elementwise.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">The shape and type of <paramref name="a"/>.</param>
    /// <returns>The shape and type of <paramref name="a"/>.</returns>
    /// <exception cref="ShapeException">The shapes differ; see <see cref="AddPerChannel"/>, <see cref="AddTrailing"/>.</exception>
    /// <exception cref="DTypeException">The types differ.</exception>
    public static Tensor Add(Tensor a, Tensor b)
    {
        Require.Shape(b, a.Shape);
        Require.SameDType(b, a);

        Tensor y = Tensor.Empty(a.Shape, a.DType, a.Backend);
        a.Backend.Add(a, b, y);
        if (Tape.Records(a, b))
            Tape.Push(new AddOp(a, b), y);
        return y;
    }
}

internal sealed class AddOp(Tensor a, Tensor b) : Op(a, b)
{
    /// <summary>da = db = dy: the very tensor, copied by no one.</summary>
    protected internal override Tensor?[] Backward(Tensor dy) => [dy, dy];
}
