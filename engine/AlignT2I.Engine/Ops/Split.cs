namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Cuts a tensor along the last axis.</summary>
    /// <param name="x">[..., C].</param>
    /// <param name="sizes">Last axis of each part; they add up to C.</param>
    /// <returns>[..., sizes[i]] for each i.</returns>
    /// <exception cref="ShapeException">The sizes do not add up to C, or one is negative.</exception>
    public static Tensor[] Split(Tensor x, params int[] sizes)
    {
        Require.AtLeastRank(x, 1);
        Require.That(
            sizes.Length > 0 && sizes.All(size => size >= 0) && sizes.Sum(size => (long)size) == x.Shape[^1],
            $"sizes [{string.Join(", ", sizes)}] do not cut the last axis of {x.Shape}; they must add up to {x.Shape[^1]}");

        Tensor[] parts = new Tensor[sizes.Length];
        int at = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            parts[i] = Tensor.Empty(x.Shape.WithLast(sizes[i]), x.DType, x.Backend);
            x.Backend.CopyColumns(x, at, parts[i], 0, sizes[i]);
            at += sizes[i];
        }

        if (Tape.Records(x))
            Tape.Push(new SplitOp(x, sizes), parts);
        return parts;
    }
}

internal sealed class SplitOp(Tensor x, int[] sizes) : Op(x)
{
    readonly Shape shape = x.Shape;

    /// <summary>dx = the dys side by side, zeros for a part that the loss does not depend on.</summary>
    protected internal override Tensor?[] Backward(ReadOnlySpan<Tensor?> dys)
    {
        Tensor dx = Gradient(dys);
        int at = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            if (dys[i] is { } dy)
                dx.Backend.CopyColumns(dy, 0, dx, at, sizes[i]);
            at += sizes[i];
        }

        return [dx];
    }

    Tensor Gradient(ReadOnlySpan<Tensor?> dys)
    {
        Tensor? known = null;
        bool all = true;
        foreach (Tensor? dy in dys)
        {
            known ??= dy;
            all &= dy is not null;
        }

        return all ? Tensor.Empty(shape, known!.DType, known.Backend) : Tensor.Zeros(shape, known!.DType, known.Backend);
    }
}
