namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Joins tensors along the last axis.</summary>
    /// <param name="tensors">[..., C_i]: equal but for the last axis; at least one.</param>
    /// <returns>[..., sum of C_i].</returns>
    /// <exception cref="ShapeException">No tensor, or shapes that differ before the last axis.</exception>
    /// <exception cref="DTypeException">The types differ.</exception>
    public static Tensor Concat(params Tensor[] tensors)
    {
        Require.That(tensors.Length > 0, "there is no tensor to join; give at least one");
        Tensor first = tensors[0];
        Require.AtLeastRank(first, 1);
        int channels = 0;
        foreach (Tensor x in tensors)
        {
            Require.AtLeastRank(x, 1);
            Require.Shape(x, first.Shape.WithLast(x.Shape[^1]));
            Require.SameDType(x, first);
            channels += x.Shape[^1];
        }

        Tensor y = Tensor.Empty(first.Shape.WithLast(channels), first.DType, first.Backend);
        int at = 0;
        foreach (Tensor x in tensors)
        {
            y.Backend.CopyColumns(x, 0, y, at, x.Shape[^1]);
            at += x.Shape[^1];
        }

        if (Tape.Records(tensors))
            Tape.Push(new ConcatOp(tensors), y);
        return y;
    }
}

internal sealed class ConcatOp(Tensor[] tensors) : Op(tensors)
{
    readonly int[] sizes = [.. tensors.Select(x => x.Shape[^1])];

    /// <summary>dx_i = the columns of dy that x_i became.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor?[] dxs = new Tensor?[sizes.Length];
        int at = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            if (NeedsGrad(i))
            {
                Tensor dx = Tensor.Empty(dy.Shape.WithLast(sizes[i]), dy.DType, dy.Backend);
                dy.Backend.CopyColumns(dy, at, dx, 0, sizes[i]);
                dxs[i] = dx;
            }

            at += sizes[i];
        }

        return dxs;
    }
}
