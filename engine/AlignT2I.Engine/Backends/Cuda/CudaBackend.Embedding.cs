using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

internal sealed partial class CudaBackend
{
    internal override void Embedding(Tensor ids, Tensor table, Tensor y)
    {
        if (y.Count == 0)
            return;
        (string word, int columns) = Words(table.DType, table.Shape[1]);
        Launch(
            Kernel("move.cu", word, "embedding"), Blocks(ids.Count * columns),
            P(ids), P(table), P(y), ids.Count, columns, table.Shape[0], faults.Pointer);
    }

    internal override void EmbeddingBackward(Tensor ids, Tensor dy, Tensor dtable)
    {
        Fill(dtable, 0);
        if (dy.Count == 0)
            return;
        int columns = dtable.Shape[1], count = checked((int)ids.Count);
        Launch(
            Kernel("embedding.cu", dy.DType, "embedding_backward"), new LaunchShape(count, Divide(columns, Threads), 1, Threads, 1, 1, 0),
            P(ids), P(dy), P(dtable), count, columns, dtable.Shape[0]);
    }

    internal override void Gather(Tensor x, Tensor index, Tensor y)
    {
        if (y.Count == 0)
            return;
        (string word, int columns) = Words(x.DType, x.Shape[2]);
        Launch(
            Kernel("move.cu", word, "gather"), Blocks(index.Count * columns),
            P(x), P(index), P(y), index.Count, x.Shape[1], columns, faults.Pointer);
    }

    internal override void GatherBackward(Tensor index, Tensor dy, Tensor dx)
    {
        if (dx.Count == 0)
            return;
        (string word, int columns) = Words(dx.DType, dx.Shape[2]);
        Launch(
            Kernel("move.cu", word, "gather_backward"), Blocks(index.Count * dx.Shape[1] * columns),
            P(index), P(dy), P(dx), index.Count, dx.Shape[1], columns);
    }

    internal override void FirstIndex(Tensor ids, int id, Tensor y)
    {
        if (y.Count == 0)
            return;
        Launch(
            Kernel("embedding.cu", DType.F32, "first_index"), Blocks(y.Count),
            P(ids), id, P(y), y.Shape[0], ids.Shape[1], faults.Pointer);
    }

    internal override void TimestepEmbedding(Tensor timesteps, Tensor y)
    {
        if (y.DType != DType.F32)
            throw new DTypeException($"timesteps on a CUDA device are F32, not {y.DType}; convert with F.Cast.");
        if (y.Count > 0)
            Launch(Kernel("embedding.cu", DType.F32, "timestep_embedding"), Blocks(y.Count), P(timesteps), P(y), y.Shape[0], y.Shape[1]);
    }

    internal override void CopyColumns(Tensor from, int fromColumn, Tensor to, int toColumn, int columns)
    {
        long rows = to.Shape.Rows;
        if (rows == 0 || columns == 0)
            return;
        int size = to.DType.Size, word = 16;
        // A power of two divides all of them where it divides this.
        long bits = (long)size * (uint)(from.Shape[^1] | fromColumn | to.Shape[^1] | toColumn | columns);
        while (bits % word != 0)
            word /= 2;
        int width = (int)Count(columns);
        Launch(
            Kernel("move.cu", WordMacro(word), "copy_columns"), Blocks(rows * width),
            P(from), Count(fromColumn), Count(from.Shape[^1]), P(to), Count(toColumn), Count(to.Shape[^1]), rows, width);

        long Count(long elements) => elements * size / word;
    }

    internal override void UpsampleNearest2x(Tensor x, Tensor y)
    {
        if (y.Count == 0)
            return;
        (string word, int columns) = Words(x.DType, x.Shape[3]);
        Launch(
            Kernel("move.cu", word, "upsample_nearest_2x"), Blocks((long)x.Shape.Rows * columns),
            P(x), P(y), (long)x.Shape.Rows, x.Shape[2], columns);
    }

    /// <summary>Rows of elements as rows of the largest words that divide them.</summary>
    static (string Macro, int Words) Words(DType dtype, int columns)
    {
        int bytes = columns * dtype.Size, word = 16;
        while (bytes % word != 0)
            word /= 2;
        return (WordMacro(word), bytes / word);
    }

    static string WordMacro(int bytes) => bytes switch { 16 => "WORD=16", 8 => "WORD=8", 4 => "WORD=4", 2 => "WORD=2", _ => "WORD=1" };
}
