namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Gaussian error linear unit as CLIP approximates it: y = x s(1.702 x), s the sigmoid.</summary>
    /// <remarks>Hendrycks and Gimpel 2016, arXiv:1606.08415, section 2; Radford et al. 2021, arXiv:2103.00020.</remarks>
    /// <param name="x">Any shape, F32 or F64.</param>
    /// <returns>The shape and type of <paramref name="x"/>.</returns>
    /// <exception cref="DTypeException">The backend does not compute in the type of <paramref name="x"/>.</exception>
    public static Tensor QuickGelu(Tensor x)
    {
        Tensor y = Tensor.Empty(x.Shape, x.DType, x.Backend);
        x.Backend.QuickGeluForward(x, y);
        if (Tape.Records(x))
            Tape.Push(new QuickGeluOp(x), y);
        return y;
    }
}

internal sealed class QuickGeluOp : Op
{
    readonly Tensor x;

    public QuickGeluOp(Tensor x)
        : base(x) =>
        this.x = Save(x);

    /// <summary>dx = dy s (1 + 1.702 x (1 - s)).</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(x.Shape, x.DType, x.Backend);
        x.Backend.QuickGeluBackward(x, dy, dx);
        return [dx];
    }
}
