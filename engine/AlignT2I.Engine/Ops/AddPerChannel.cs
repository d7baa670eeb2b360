namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>y = x + b, where b has one value per channel, or one per channel and image.</summary>
    /// <param name="x">Features [..., C], or [N, ..., C] when <paramref name="b"/> is [N, C].</param>
    /// <param name="b">[C] or [N, C].</param>
    /// <returns>The shape and type of <paramref name="x"/>.</returns>
    /// <exception cref="ShapeException">A shape is not as above.</exception>
    /// <exception cref="DTypeException">The types differ.</exception>
    public static Tensor AddPerChannel(Tensor x, Tensor b)
    {
        Require.AtLeastRank(x, b.Shape.Rank == 2 ? 2 : 1);
        int channels = x.Shape[^1];
        Require.Shape(b, b.Shape.Rank == 2 ? [x.Shape[0], channels] : [channels]);
        Require.SameDType(b, x);

        return AddBroadcast(x, b, groups: b.Shape.Rank == 2 ? b.Shape[0] : 1);
    }

    /// <summary>y[n] = x[n] + b for every n: position embeddings, the same for all samples.</summary>
    /// <param name="x">[N, rest...].</param>
    /// <param name="b">[rest...].</param>
    /// <returns>The shape and type of <paramref name="x"/>.</returns>
    /// <exception cref="ShapeException">The shape of <paramref name="b"/> is not that of one sample.</exception>
    /// <exception cref="DTypeException">The types differ.</exception>
    public static Tensor AddTrailing(Tensor x, Tensor b)
    {
        Require.AtLeastRank(x, 1);
        Require.Shape(b, x.Shape.ToArray()[1..]);
        Require.SameDType(b, x);

        return AddBroadcast(x, b, groups: 1);
    }

    static Tensor AddBroadcast(Tensor x, Tensor b, int groups)
    {
        Tensor y = Tensor.Empty(x.Shape, x.DType, x.Backend);
        x.Backend.AddBroadcast(x, b, groups, y);
        if (Tape.Records(x, b))
            Tape.Push(new AddBroadcastOp(x, b, groups), y);
        return y;
    }
}

internal sealed class AddBroadcastOp(Tensor x, Tensor b, int groups) : Op(x, b)
{
    readonly Shape shape = b.Shape;

    /// <summary>dx = dy; db = sum of dy over what b was repeated along.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        if (!NeedsGrad(1))
            return [dy, null];
        Tensor db = Tensor.Empty(shape, dy.DType.Accumulator, dy.Backend);
        dy.Backend.SumGroups(dy, groups, db);
        return [dy, db];
    }
}
