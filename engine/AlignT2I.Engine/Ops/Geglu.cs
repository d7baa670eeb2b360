namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Gated linear unit with the exact GELU: y = a gelu(b) of x = [a | b] on the last axis.</summary>
    /// <remarks>Shazeer 2020, arXiv:2002.05202; the halves in the order of diffusers' GEGLU.</remarks>
    /// <param name="x">[..., 2 C], F32 or F64.</param>
    /// <returns>[..., C], of the type of <paramref name="x"/>.</returns>
    /// <exception cref="ShapeException">The last axis is odd, or there is none.</exception>
    /// <exception cref="DTypeException">The backend does not compute in the type of <paramref name="x"/>.</exception>
    public static Tensor Geglu(Tensor x)
    {
        Require.AtLeastRank(x, 1);
        int channels = x.Shape[^1];
        Require.That(channels % 2 == 0, $"x has shape {x.Shape}; the last axis holds the values, then as many gates: it must be even");

        Tensor y = Tensor.Empty(x.Shape.WithLast(channels / 2), x.DType, x.Backend);
        x.Backend.GegluForward(x, y);
        if (Tape.Records(x))
            Tape.Push(new GegluOp(x), y);
        return y;
    }
}

internal sealed class GegluOp : Op
{
    readonly Tensor x;

    public GegluOp(Tensor x)
        : base(x) =>
        this.x = Save(x);

    /// <summary>dx = [dy gelu(b) | dy a gelu'(b)].</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(x.Shape, x.DType, x.Backend);
        x.Backend.GegluBackward(x, dy, dx);
        return [dx];
    }
}
