namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Gaussian error linear unit, exact: y = x Φ(x), Φ the cumulative normal distribution.</summary>
    /// <remarks>Hendrycks and Gimpel 2016, arXiv:1606.08415.</remarks>
    /// <param name="x">Any shape, F32 or F64.</param>
    /// <returns>The shape and type of <paramref name="x"/>.</returns>
    /// <exception cref="DTypeException">The backend does not compute in the type of <paramref name="x"/>.</exception>
    public static Tensor Gelu(Tensor x)
    {
        Tensor y = Tensor.Empty(x.Shape, x.DType, x.Backend);
        x.Backend.GeluForward(x, y);
        if (Tape.Records(x))
            Tape.Push(new GeluOp(x), y);
        return y;
    }
}

internal sealed class GeluOp : Op
{
    readonly Tensor x;

    public GeluOp(Tensor x)
        : base(x) =>
        this.x = Save(x);

    /// <summary>dx = dy (Φ(x) + x φ(x)), φ the normal density.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(x.Shape, x.DType, x.Backend);
        x.Backend.GeluBackward(x, dy, dx);
        return [dx];
    }
}
