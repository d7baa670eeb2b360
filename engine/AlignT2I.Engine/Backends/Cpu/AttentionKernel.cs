using System.Numerics;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>softmax(q kᵀ / sqrt(d)) v by tiles with a running maximum and sum; no score outlives its tile.</summary>
/// <remarks>Dao et al. 2022, arXiv:2205.14135, algorithm 1.</remarks>
internal static unsafe class AttentionKernel<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Computes y like q, and the logarithm of each row's sum of exponentials [Images, Heads, Queries].</summary>
    public static void Forward(T* q, T* k, T* v, T* y, T* logSumExp, AttentionShape shape)
    {
        int blocks = (shape.Queries + AttentionTile<T>.Queries - 1) / AttentionTile<T>.Queries;
        CpuThreads.For(shape.Images * shape.Heads * blocks, item =>
        {
            (int pair, int block) = Math.DivRem(item, blocks);
            (int image, int head) = Math.DivRem(pair, shape.Heads);
            int first = block * AttentionTile<T>.Queries;
            long queryOffset = shape.Offset(image, head, shape.Queries) + (long)first * shape.Stride;
            long keyOffset = shape.Offset(image, head, shape.Keys);
            T* logs = logSumExp + (long)pair * shape.Queries + first;
            Block(q + queryOffset, k + keyOffset, v + keyOffset, y + queryOffset, logs, first, shape);
        });
    }

    static void Block(T* q, T* k, T* v, T* y, T* logSumExp, int first, AttentionShape shape)
    {
        int stride = shape.Stride, dim = shape.HeadDim;
        int count = Math.Min(AttentionTile<T>.Queries, shape.Queries - first);
        int vectors = Lanes.Vectors<T>(count), width = vectors * Vector512<T>.Count;
        int keys = shape.Causal ? Math.Min(shape.Keys, first + count) : shape.Keys;

        using Scratch<T> scratch = Scratch<T>.Rent((2L * dim + AttentionTile<T>.Keys + 2) * width);
        T* queries = scratch.Pointer, sums = queries + (long)dim * width;
        T* scores = sums + (long)dim * width, max = scores + AttentionTile<T>.Keys * width, total = max + width;
        AttentionTile<T>.Transpose(q, stride, count, dim, T.One / T.Sqrt(T.CreateTruncating(dim)), queries, width);
        new Span<T>(max, width).Fill(T.NegativeInfinity);
        new Span<T>(total, width).Clear();

        for (int j = 0; j < keys; j += AttentionTile<T>.Keys)
        {
            int rows = Math.Min(AttentionTile<T>.Keys, keys - j);
            TileProduct<T>.Run(k + (long)j * stride, stride, 1, queries, width, scores, width, rows, dim, vectors, add: false);
            if (shape.Causal && j + rows - 1 > first)
                AttentionTile<T>.MaskFuture(scores, width, first, j, rows);
            for (int lane = 0; lane < width; lane += Vector512<T>.Count)
                Exponentiate(scores + lane, rows, width, max + lane, total + lane, sums + lane, j == 0 ? 0 : dim);
            TileProduct<T>.Run(v + (long)j * stride, 1, stride, scores, width, sums, width, dim, rows, vectors, add: j > 0);
        }

        for (int i = 0; i < count; i++, y += stride)
        {
            T scale = T.One / total[i];
            for (int c = 0; c < dim; c++)
                y[c] = sums[(long)c * width + i] * scale;
            logSumExp[i] = max[i] + T.Log(total[i]);
        }
    }

    /// <summary>
    /// Scores of one vector of queries become exponentials relative to the new maximum; the sums so far are brought to it.
    /// </summary>
    static void Exponentiate(T* scores, int rows, int width, T* max, T* total, T* sums, int dim)
    {
        Vector512<T> before = Vector512.Load(max), now = before;
        for (int r = 0; r < rows; r++)
            now = Vector512.MaxNative(now, Vector512.Load(scores + (long)r * width));
        Vector512<T> sum = Vector512<T>.Zero;
        for (int r = 0; r < rows; r++)
        {
            Vector512<T> e = VectorMath.Exp(Vector512.Load(scores + (long)r * width) - now);
            e.Store(scores + (long)r * width);
            sum += e;
        }

        Vector512<T> fade = VectorMath.Exp(before - now);
        now.Store(max);
        Lanes.Fma(Vector512.Load(total), fade, sum).Store(total);
        for (int c = 0; c < dim; c++)
            (Vector512.Load(sums + (long)c * width) * fade).Store(sums + (long)c * width);
    }
}
