namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>y = the nearest number to x in low..high.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="low">Least value of the result.</param>
    /// <param name="high">Largest value of the result.</param>
    /// <returns>The shape and type of <paramref name="x"/>.</returns>
    /// <exception cref="ShapeException"><paramref name="low"/> is above <paramref name="high"/>.</exception>
    public static Tensor Clamp(Tensor x, double low, double high)
    {
        Require.That(low <= high, $"low = {low} is above high = {high}; exchange them");

        Tensor y = Tensor.Empty(x.Shape, x.DType, x.Backend);
        x.Backend.Clamp(x, low, high, y);
        if (Tape.Records(x))
            Tape.Push(new ClampOp(x, low, high), y);
        return y;
    }
}

internal sealed class ClampOp : Op
{
    readonly Tensor x;
    readonly double low, high;

    public ClampOp(Tensor x, double low, double high) : base(x)
    {
        this.x = Save(x);
        (this.low, this.high) = (low, high);
    }

    /// <summary>dx = dy where low &lt;= x &lt;= high, 0 elsewhere.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(x.Shape, x.DType, x.Backend);
        x.Backend.ClampBackward(x, low, high, dy, dx);
        return [dx];
    }
}
