namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Rows of a table: y[i] = table[ids[i]].</summary>
    /// <param name="ids">I32 of any shape [...] up to four dimensions, each from 0 to V - 1.</param>
    /// <param name="table">[V, C].</param>
    /// <returns>[..., C].</returns>
    /// <exception cref="ShapeException">A shape is not as above.</exception>
    /// <exception cref="DTypeException"><paramref name="ids"/> is not I32.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is no row of the table.</exception>
    public static Tensor Embedding(Tensor ids, Tensor table)
    {
        Require.Rank(table, 2);
        Require.DType(ids, DType.I32);
        Require.SameBackend(ids, table);

        Tensor y = Tensor.Empty([.. ids.Shape.ToArray(), table.Shape[1]], table.DType, table.Backend);
        table.Backend.Embedding(ids, table, y);
        if (Tape.Records(table))
            Tape.Push(new EmbeddingOp(ids, table), y);
        return y;
    }
}

internal sealed class EmbeddingOp : Op
{
    readonly Tensor ids;
    readonly Shape shape;

    public EmbeddingOp(Tensor ids, Tensor table) : base(table) => (this.ids, shape) = (Save(ids), table.Shape);

    /// <summary>dtable[v] = the sum of dy[i] over the i whose id is v, in their order.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dtable = Tensor.Empty(shape, dy.DType.Accumulator, dy.Backend);
        dy.Backend.EmbeddingBackward(ids, dy, dtable);
        return [dtable];
    }
}
