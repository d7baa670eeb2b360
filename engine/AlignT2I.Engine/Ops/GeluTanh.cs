namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Gaussian error linear unit, approximated: y = x (1 + tanh u) / 2, u = sqrt(2/pi) (x + 0.044715 x³).</summary>
    /// <remarks>Hendrycks and Gimpel 2016, arXiv:1606.08415, section 2.</remarks>
    /// <param name="x">Any shape, F32 or F64.</param>
    /// <returns>The shape and type of <paramref name="x"/>.</returns>
    /// <exception cref="DTypeException">The backend does not compute in the type of <paramref name="x"/>.</exception>
    public static Tensor GeluTanh(Tensor x)
    {
        Tensor y = Tensor.Empty(x.Shape, x.DType, x.Backend);
        x.Backend.GeluTanhForward(x, y);
        if (Tape.Records(x))
            Tape.Push(new GeluTanhOp(x), y);
        return y;
    }
}

internal sealed class GeluTanhOp : Op
{
    readonly Tensor x;

    public GeluTanhOp(Tensor x)
        : base(x) =>
        this.x = Save(x);

    /// <summary>dx = dy ((1 + t) / 2 + x (1 - t²) u' / 2), t = tanh u.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(x.Shape, x.DType, x.Backend);
        x.Backend.GeluTanhBackward(x, dy, dx);
        return [dx];
    }
}
