namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>A range of the last axis.</summary>
    /// <param name="x">[..., C].</param>
    /// <param name="start">First element taken.</param>
    /// <param name="length">How many; start + length is at most C.</param>
    /// <returns>[..., length].</returns>
    /// <exception cref="ShapeException">The range is not inside the last axis.</exception>
    public static Tensor SliceLast(Tensor x, int start, int length)
    {
        Require.AtLeastRank(x, 1);
        Require.That(
            start >= 0 && length >= 0 && (long)start + length <= x.Shape[^1],
            $"start = {start} and length = {length} reach outside the last axis of {x.Shape}");

        Tensor y = Tensor.Empty(x.Shape.WithLast(length), x.DType, x.Backend);
        x.Backend.CopyColumns(x, start, y, 0, length);
        if (Tape.Records(x))
            Tape.Push(new SliceLastOp(x, start), y);
        return y;
    }
}

internal sealed class SliceLastOp(Tensor x, int start) : Op(x)
{
    readonly Shape shape = x.Shape;

    /// <summary>dx = dy inside the range, zeros outside.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Zeros(shape, dy.DType, dy.Backend);
        dy.Backend.CopyColumns(dy, 0, dx, start, dy.Shape[^1]);
        return [dx];
    }
}
