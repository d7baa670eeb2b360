namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Sigmoid linear unit: y = x s(x), s(x) = 1 / (1 + e^-x).</summary>
    /// <remarks>Elfwing et al. 2017, arXiv:1702.03118.</remarks>
    /// <param name="x">Any shape, F32 or F64.</param>
    /// <returns>The shape and type of <paramref name="x"/>.</returns>
    /// <exception cref="DTypeException">The backend does not compute in the type of <paramref name="x"/>.</exception>
    public static Tensor Silu(Tensor x)
    {
        Tensor y = Tensor.Empty(x.Shape, x.DType, x.Backend);
        x.Backend.SiluForward(x, y);
        if (Tape.Records(x))
            Tape.Push(new SiluOp(x), y);
        return y;
    }
}

internal sealed class SiluOp : Op
{
    readonly Tensor x;

    public SiluOp(Tensor x)
        : base(x) =>
        this.x = Save(x);

    /// <summary>dx = dy s (1 + x (1 - s)).</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(x.Shape, x.DType, x.Backend);
        x.Backend.SiluBackward(x, dy, dx);
        return [dx];
    }
}
