namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Logistic function: y = 1 / (1 + e^-x).</summary>
    /// <param name="x">Any shape, F32 or F64.</param>
    /// <returns>The shape and type of <paramref name="x"/>.</returns>
    /// <exception cref="DTypeException">The backend does not compute in the type of <paramref name="x"/>.</exception>
    public static Tensor Sigmoid(Tensor x)
    {
        Tensor y = Tensor.Empty(x.Shape, x.DType, x.Backend);
        x.Backend.SigmoidForward(x, y);
        if (Tape.Records(x))
            Tape.Push(new SigmoidOp(x, y), y);
        return y;
    }
}

internal sealed class SigmoidOp : Op
{
    readonly Tensor y;

    public SigmoidOp(Tensor x, Tensor y)
        : base(x) =>
        this.y = Save(y);

    /// <summary>dx = dy y (1 - y).</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(y.Shape, y.DType, y.Backend);
        y.Backend.SigmoidBackward(y, dy, dx);
        return [dx];
    }
}
