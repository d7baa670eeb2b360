using System.Numerics;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>softmax(q kᵀ / sqrt(d)) v by tiles with a running maximum and sum; no score outlives its tile.</summary>
/// <remarks>
/// Dao et al. 2022, arXiv:2205.14135, algorithm 1, with queries in lanes: neither head size nor softmax wastes any. Scores are kept in
/// units of log 2, so that their exponentials are powers of 2.
/// </remarks>
internal static unsafe class AttentionKernel<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Computes y like q, and the logarithm of each row's sum of exponentials [Images, Heads, Queries].</summary>
    public static void Forward(T* q, T* k, T* v, T* y, T* logSumExp, AttentionShape shape)
    {
        long each = (long)shape.Pairs * Lanes.Vectors<T>(shape.Queries) / CpuThreads.Count;
        int blocks = AttentionTile<T>.Blocks(shape.Queries, (int)Math.Clamp(each, 1, AttentionTile<T>.MaxVectors));
        shape.ForEach(shape.Pairs * blocks, item =>
        {
            (int pair, int block) = Math.DivRem(item, blocks);
            // Causal, the last block is the longest: it begins first.
            (int first, int count) = AttentionTile<T>.Part(shape.Queries, blocks, blocks - 1 - block);
            long query = shape.Offset(pair, shape.Queries) + (long)first * shape.Stride, key = shape.Offset(pair, shape.Keys);
            T* logs = logSumExp + (long)pair * shape.Queries + first;
            Block(q + query, k + key, v + key, y + query, logs, first, count, shape);
        });
    }

    static void Block(T* q, T* k, T* v, T* y, T* logSumExp, int first, int count, AttentionShape shape)
    {
        int stride = shape.Stride, dim = shape.HeadDim, width = Lanes.Vectors<T>(count) * Vector512<T>.Count;
        int seen = shape.Causal ? Math.Min(shape.Keys, first + count) : shape.Keys;

        using Scratch<T> scratch = Scratch<T>.Rent((dim + TileProduct<T>.PaddedRows(dim) + AttentionTile<T>.Rows + 2L) * width);
        T* queries = scratch.Pointer, scores = queries + (long)dim * width, max = scores + AttentionTile<T>.Rows * width;
        T* total = max + width, sums = total + width;
        AttentionTile<T>.Load(q, stride, count, dim, AttentionTile<T>.Scale(dim), queries, width);
        new Span<T>(max, width).Fill(T.NegativeInfinity);
        new Span<T>(total, width).Clear();

        // All keys are cut into tiles, not those seen from here: which queries share a block depends on the number of threads.
        for (int tile = 0, tiles = AttentionTile<T>.Tiles(shape.Keys); tile < tiles; tile++)
        {
            (int j, int rows) = AttentionTile<T>.Part(shape.Keys, tiles, tile);
            if (j >= seen) break;
            rows = Math.Min(rows, seen - j);
            TileProduct<T>.Run(k + (long)j * stride, stride, 1, queries, width, scores, width, rows, dim, width, add: false);
            if (shape.Causal && j + rows - 1 > first)
                MaskFuture(scores, width, first, j, rows);
            for (int lane = 0; lane < width; lane += Vector512<T>.Count)
                Exponentiate(scores + lane, rows, width, max + lane, total + lane, sums + lane, j == 0 ? 0 : dim);
            TileProduct<T>.Run(v + (long)j * stride, 1, stride, scores, width, sums, width, dim, rows, width, add: j > 0);
        }

        Normalize(sums, dim, width, max, total);
        SquareTranspose.Copy(sums, width, dim, count, y, stride);
        new Span<T>(max, count).CopyTo(new Span<T>(logSumExp, count));
    }

    /// <summary>Sets to minus infinity the scores [keys, width] of keys that lie after their query.</summary>
    static void MaskFuture(T* scores, int width, int firstQuery, int firstKey, int keys)
    {
        for (int r = 0; r < keys; r++)
        {
            int masked = Math.Clamp(firstKey + r - firstQuery, 0, width);
            new Span<T>(scores + (long)r * width, masked).Fill(T.NegativeInfinity);
        }
    }

    /// <summary>Scores of one vector of queries become powers of 2 relative to the new maximum; the sums are brought to it.</summary>
    static void Exponentiate(T* scores, int rows, int width, T* max, T* total, T* sums, int dim)
    {
        Vector512<T> before = Vector512.Load(max), now = Vector512.MaxNative(before, Max(scores, rows, width));
        Vector512<T> infinity = Vector512.Create(T.NegativeInfinity);
        Vector512<T> shift = Vector512.ConditionalSelect(Vector512.Equals(now, infinity), Vector512<T>.Zero, now);
        Vector512<T> sum = Vector512<T>.Zero;
        for (T* end = scores + (nint)rows * width; scores < end; scores += width)
        {
            Vector512<T> e = VectorMath.PowerOfTwo(Vector512.Load(scores) - shift);
            e.Store(scores);
            sum += e;
        }

        if (Vector512.EqualsAll(before, now))
        {
            (Vector512.Load(total) + sum).Store(total);
            return;
        }

        Vector512<T> fade = VectorMath.PowerOfTwo(before - shift);
        now.Store(max);
        Lanes.Fma(Vector512.Load(total), fade, sum).Store(total);
        for (int c = 0; c < dim; c++, sums += width)
            (Vector512.Load(sums) * fade).Store(sums);
    }

    /// <summary>Largest of each lane, four rows at a time: one alone would wait for the one before.</summary>
    static Vector512<T> Max(T* scores, int rows, int width)
    {
        Vector512<T> a = Vector512.Load(scores), b = a, c = a, d = a;
        int r = 0;
        for (; r + 4 <= rows; r += 4, scores += 4 * (nint)width)
        {
            a = Vector512.MaxNative(a, Vector512.Load(scores));
            b = Vector512.MaxNative(b, Vector512.Load(scores + width));
            c = Vector512.MaxNative(c, Vector512.Load(scores + 2 * (nint)width));
            d = Vector512.MaxNative(d, Vector512.Load(scores + 3 * (nint)width));
        }

        for (; r < rows; r++, scores += width)
            a = Vector512.MaxNative(a, Vector512.Load(scores));
        return Vector512.MaxNative(Vector512.MaxNative(a, b), Vector512.MaxNative(c, d));
    }

    /// <summary>Divides the sums [dim, width] by their totals; maxima become natural logarithms of the sums of exponentials.</summary>
    static void Normalize(T* sums, int dim, int width, T* max, T* total)
    {
        Vector512<T> unit = Vector512.Create(T.CreateTruncating(Math.Log(2)));
        for (int lane = 0; lane < width; lane += Vector512<T>.Count)
        {
            Vector512<T> sum = Vector512.Load(total + lane), scale = Vector512<T>.One / sum;
            Lanes.Fma(Vector512.Load(max + lane), unit, VectorMath.Log(sum)).Store(max + lane);
            T* row = sums + lane;
            for (int c = 0; c < dim; c++, row += width)
                (Vector512.Load(row) * scale).Store(row);
        }
    }
}
