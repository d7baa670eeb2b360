using AlignT2I.Engine;

namespace AlignT2I.Testing;

/// <summary>How often a network rounds to its 16-bit type on the way from input to output.</summary>
/// <param name="Products">Operations with a weight: linear layers, convolutions, embeddings. Their weights were rounded too.</param>
/// <param name="Operations">All operations whose result is rounded.</param>
public readonly record struct RoundingCount(int Products, int Operations)
{
    /// <summary>Counts the operations that <paramref name="forward"/> records.</summary>
    public static RoundingCount Of(Action forward)
    {
        using Tape tape = Tape.Open();
        forward();
        Type[] products = [typeof(LinearOp), typeof(Conv2dOp), typeof(EmbeddingOp)];
        Type[] copies =
        [
            typeof(ConcatOp), typeof(SplitOp), typeof(SliceLastOp), typeof(GatherOp), typeof(UpsampleNearest2xOp), typeof(MaxPool2dOp),
        ];
        return new RoundingCount(
            tape.Ops.Count(op => products.Contains(op.GetType())), tape.Ops.Count(op => !copies.Contains(op.GetType())));
    }
}
