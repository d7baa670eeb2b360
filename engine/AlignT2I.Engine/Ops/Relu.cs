namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Rectified linear unit: y = max(x, 0).</summary>
    /// <param name="x">Any shape, F32 or F64.</param>
    /// <returns>The shape and type of <paramref name="x"/>.</returns>
    /// <exception cref="DTypeException">The backend does not compute in the type of <paramref name="x"/>.</exception>
    public static Tensor Relu(Tensor x)
    {
        Tensor y = Tensor.Empty(x.Shape, x.DType, x.Backend);
        x.Backend.ReluForward(x, y);
        if (Tape.Records(x))
            Tape.Push(new ReluOp(x, y), y);
        return y;
    }
}

internal sealed class ReluOp : Op
{
    readonly Tensor y;

    public ReluOp(Tensor x, Tensor y)
        : base(x) =>
        this.y = Save(y);

    /// <summary>dx = dy where y is positive, else 0.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(y.Shape, y.DType, y.Backend);
        y.Backend.ReluBackward(y, dy, dx);
        return [dx];
    }
}
