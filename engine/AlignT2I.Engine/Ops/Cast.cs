namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>The same values in another type: to the nearest, ties to even; to integers cut toward zero and saturated.</summary>
    /// <param name="x">Any shape and type.</param>
    /// <param name="dtype">Type of the result; that of <paramref name="x"/> copies nothing.</param>
    /// <returns>The shape of <paramref name="x"/>. Gradients flow between floating-point types.</returns>
    public static Tensor Cast(Tensor x, DType dtype)
    {
        Tensor y = x.DType == dtype ? x.Detach() : Tensor.Empty(x.Shape, dtype, x.Backend);
        if (x.DType != dtype)
            x.Backend.Cast(x, y);
        if (dtype.IsFloat && Tape.Records(x))
            Tape.Push(new CastOp(x), y);
        return y;
    }
}

internal sealed class CastOp(Tensor x) : Op(x)
{
    readonly DType dtype = x.DType;

    /// <summary>dx = dy in the type of x.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        if (dy.DType == dtype)
            return [dy];
        Tensor dx = Tensor.Empty(dy.Shape, dtype, dy.Backend);
        dy.Backend.Cast(dy, dx);
        return [dx];
    }
}
