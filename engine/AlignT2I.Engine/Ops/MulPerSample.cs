namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>y[n] = x[n] * w[n]: one factor per sample.</summary>
    /// <param name="x">[N, ...].</param>
    /// <param name="w">[N].</param>
    /// <returns>The shape and type of <paramref name="x"/>.</returns>
    /// <exception cref="ShapeException">A shape is not as above.</exception>
    /// <exception cref="DTypeException">The types differ.</exception>
    public static Tensor MulPerSample(Tensor x, Tensor w)
    {
        Require.AtLeastRank(x, 1);
        Require.Shape(w, [x.Shape[0]]);
        Require.SameDType(w, x);

        Tensor y = Tensor.Empty(x.Shape, x.DType, x.Backend);
        x.Backend.MulPerSample(x, w, y);
        if (Tape.Records(x, w))
            Tape.Push(new MulPerSampleOp(x, w), y);
        return y;
    }
}

internal sealed class MulPerSampleOp : Op
{
    readonly Tensor x, w;

    public MulPerSampleOp(Tensor x, Tensor w) : base(x, w) => (this.x, this.w) = (Save(x), Save(w));

    /// <summary>dx[n] = dy[n] * w[n]; dw[n] = sum of x[n] * dy[n].</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor? dx = null, dw = null;
        if (NeedsGrad(0))
        {
            dx = Tensor.Empty(dy.Shape, dy.DType, dy.Backend);
            dy.Backend.MulPerSample(dy, w, dx);
        }

        if (NeedsGrad(1))
        {
            dw = Tensor.Empty(w.Shape, dy.DType.Accumulator, dy.Backend);
            dy.Backend.DotRows(x, dy, dw);
        }

        return [dx, dw];
    }
}
