namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Softmax over the last axis: y = e^x / Σ e^x, computed relative to the largest element.</summary>
    /// <param name="x">[..., C], F32 or F64.</param>
    /// <returns>The shape and type of <paramref name="x"/>; each row sums to 1.</returns>
    /// <exception cref="ShapeException"><paramref name="x"/> has no axis.</exception>
    /// <exception cref="DTypeException">The backend does not compute in the type of <paramref name="x"/>.</exception>
    public static Tensor Softmax(Tensor x)
    {
        Require.AtLeastRank(x, 1);
        Tensor y = Tensor.Empty(x.Shape, x.DType, x.Backend);
        x.Backend.SoftmaxForward(x, y);
        if (Tape.Records(x))
            Tape.Push(new SoftmaxOp(x, y), y);
        return y;
    }
}

internal sealed class SoftmaxOp : Op
{
    readonly Tensor y;

    public SoftmaxOp(Tensor x, Tensor y)
        : base(x) =>
        this.y = Save(y);

    /// <summary>dx = y (dy - Σ dy y), the sum over the row.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(y.Shape, y.DType, y.Backend);
        y.Backend.SoftmaxBackward(y, dy, dx);
        return [dx];
    }
}
