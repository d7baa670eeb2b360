namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Exponential function: y = e^x.</summary>
    /// <param name="x">Any shape, F32 or F64.</param>
    /// <returns>The shape and type of <paramref name="x"/>.</returns>
    /// <exception cref="DTypeException">The backend does not compute in the type of <paramref name="x"/>.</exception>
    public static Tensor Exp(Tensor x)
    {
        Tensor y = Tensor.Empty(x.Shape, x.DType, x.Backend);
        x.Backend.ExpForward(x, y);
        if (Tape.Records(x))
            Tape.Push(new ExpOp(x, y), y);
        return y;
    }
}

internal sealed class ExpOp : Op
{
    readonly Tensor y;

    public ExpOp(Tensor x, Tensor y)
        : base(x) =>
        this.y = Save(y);

    /// <summary>dx = dy y.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(y.Shape, y.DType, y.Backend);
        y.Backend.ExpBackward(y, dy, dx);
        return [dx];
    }
}
