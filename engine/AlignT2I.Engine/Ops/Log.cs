namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Natural logarithm; minus infinity of 0, NaN of negative values.</summary>
    /// <param name="x">Any shape, F32 or F64.</param>
    /// <returns>The shape and type of <paramref name="x"/>.</returns>
    /// <exception cref="DTypeException">The backend does not compute in the type of <paramref name="x"/>.</exception>
    public static Tensor Log(Tensor x)
    {
        Tensor y = Tensor.Empty(x.Shape, x.DType, x.Backend);
        x.Backend.LogForward(x, y);
        if (Tape.Records(x))
            Tape.Push(new LogOp(x), y);
        return y;
    }
}

internal sealed class LogOp : Op
{
    readonly Tensor x;

    public LogOp(Tensor x)
        : base(x) =>
        this.x = Save(x);

    /// <summary>dx = dy / x.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(x.Shape, x.DType, x.Backend);
        x.Backend.LogBackward(x, dy, dx);
        return [dx];
    }
}
