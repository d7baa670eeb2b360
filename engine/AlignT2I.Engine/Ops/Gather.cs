namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>One step of every sequence: y[n] = x[n, index[n]]; CLIP's text embedding is the state at the end-of-text token.</summary>
    /// <param name="x">[N, S, C].</param>
    /// <param name="index">[N] of I32, each from 0 to S - 1.</param>
    /// <returns>[N, C].</returns>
    /// <exception cref="ShapeException">A shape is not as above.</exception>
    /// <exception cref="DTypeException"><paramref name="index"/> is not I32.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the sequence.</exception>
    public static Tensor Gather(Tensor x, Tensor index)
    {
        Require.Rank(x, 3);
        Require.Shape(index, [x.Shape[0]]);
        Require.DType(index, DType.I32);
        Require.SameBackend(index, x);

        Tensor y = Tensor.Empty([x.Shape[0], x.Shape[2]], x.DType, x.Backend);
        x.Backend.Gather(x, index, y);
        if (Tape.Records(x))
            Tape.Push(new GatherOp(x, index), y);
        return y;
    }
}

internal sealed class GatherOp : Op
{
    readonly Tensor index;
    readonly Shape shape;

    public GatherOp(Tensor x, Tensor index) : base(x) => (shape, this.index) = (x.Shape, Save(index));

    /// <summary>dx[n, s] = dy[n] where s = index[n], zero elsewhere.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(shape, dy.DType, dy.Backend);
        dy.Backend.GatherBackward(index, dy, dx);
        return [dx];
    }
}
