using System.Numerics;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Backward pass of attention: each tile's probabilities p are recomputed from the saved logarithms of the row sums.</summary>
/// <remarks>
/// Dao et al. 2022, arXiv:2205.14135, algorithm 4: dv = pᵀ dy, ds = p (dy vᵀ - delta) with delta = rowsum(dy * y), dq = ds k /
/// sqrt(d), dk = dsᵀ q / sqrt(d).
/// One thread does one head of one image, its tiles in a fixed order.
/// </remarks>
internal static unsafe class AttentionGradientKernel<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Computes dq like q, dk like k, dv like v.</summary>
    public static void Backward(T* q, T* k, T* v, T* y, T* logSumExp, T* dy, T* dq, T* dk, T* dv, AttentionShape shape) =>
        CpuThreads.For(shape.Images * shape.Heads, pair =>
        {
            (int image, int head) = Math.DivRem(pair, shape.Heads);
            long query = shape.Offset(image, head, shape.Queries), key = shape.Offset(image, head, shape.Keys);
            T* logs = logSumExp + (long)pair * shape.Queries;
            Head(q + query, k + key, v + key, y + query, logs, dy + query, dq + query, dk + key, dv + key, shape);
        });

    static void Head(T* q, T* k, T* v, T* y, T* logSumExp, T* dy, T* dq, T* dk, T* dv, AttentionShape shape)
    {
        int stride = shape.Stride, padded = Lanes.Vectors<T>(shape.HeadDim) * Vector512<T>.Count;
        using Scratch<T> scratch = Scratch<T>.Rent(2L * shape.Keys * padded);
        new Span<T>(scratch.Pointer, checked(2 * shape.Keys * padded)).Clear();
        T* dkSum = scratch.Pointer, dvSum = dkSum + (long)shape.Keys * padded;
        for (int first = 0; first < shape.Queries; first += AttentionTile<T>.Queries)
        {
            long at = (long)first * stride;
            Block(q + at, k, v, y + at, logSumExp + first, dy + at, dq + at, dkSum, dvSum, first, shape);
        }

        for (int j = 0; j < shape.Keys; j++, dk += stride, dv += stride, dkSum += padded, dvSum += padded)
        {
            new Span<T>(dkSum, shape.HeadDim).CopyTo(new Span<T>(dk, shape.HeadDim));
            new Span<T>(dvSum, shape.HeadDim).CopyTo(new Span<T>(dv, shape.HeadDim));
        }
    }

    static void Block(T* q, T* k, T* v, T* y, T* logSumExp, T* dy, T* dq, T* dkSum, T* dvSum, int first, AttentionShape shape)
    {
        int stride = shape.Stride, dim = shape.HeadDim;
        int dimVectors = Lanes.Vectors<T>(dim), padded = dimVectors * Vector512<T>.Count;
        int count = Math.Min(AttentionTile<T>.Queries, shape.Queries - first);
        int vectors = Lanes.Vectors<T>(count), width = vectors * Vector512<T>.Count;
        int keys = shape.Causal ? Math.Min(shape.Keys, first + count) : shape.Keys;
        T scale = T.One / T.Sqrt(T.CreateTruncating(dim));

        using Scratch<T> scratch = Scratch<T>.Rent((3L * dim + 2 * AttentionTile<T>.Keys + 2 + 2L * padded) * width);
        T* queries = scratch.Pointer, cotangents = queries + (long)dim * width, dqSum = cotangents + (long)dim * width;
        T* scores = dqSum + (long)dim * width, dscores = scores + AttentionTile<T>.Keys * width;
        T* logSum = dscores + AttentionTile<T>.Keys * width, delta = logSum + width;
        T* queryRows = delta + width, cotangentRows = queryRows + (long)padded * width;
        AttentionTile<T>.Transpose(q, stride, count, dim, scale, queries, width);
        AttentionTile<T>.Transpose(dy, stride, count, dim, T.One, cotangents, width);
        AttentionTile<T>.Pack(q, stride, count, dim, scale, queryRows, padded);
        AttentionTile<T>.Pack(dy, stride, count, dim, T.One, cotangentRows, padded);
        RowStatistics(y, dy, logSumExp, shape, count, logSum, delta, width);

        for (int j = 0; j < keys; j += AttentionTile<T>.Keys)
        {
            int rows = Math.Min(AttentionTile<T>.Keys, keys - j);
            T* kTile = k + (long)j * stride, vTile = v + (long)j * stride;
            TileProduct<T>.Run(kTile, stride, 1, queries, width, scores, width, rows, dim, vectors, add: false);
            TileProduct<T>.Run(vTile, stride, 1, cotangents, width, dscores, width, rows, dim, vectors, add: false);
            if (shape.Causal && j + rows - 1 > first)
                AttentionTile<T>.MaskFuture(scores, width, first, j, rows);
            for (int lane = 0; lane < width; lane += Vector512<T>.Count)
                Differentiate(scores + lane, dscores + lane, rows, width, logSum + lane, delta + lane);
            TileProduct<T>.Run(kTile, 1, stride, dscores, width, dqSum, width, dim, rows, vectors, add: j > 0);
            long at = (long)j * padded;
            TileProduct<T>.Run(dscores, width, 1, queryRows, padded, dkSum + at, padded, rows, count, dimVectors, add: true);
            TileProduct<T>.Run(scores, width, 1, cotangentRows, padded, dvSum + at, padded, rows, count, dimVectors, add: true);
        }

        for (int i = 0; i < count; i++, dq += stride)
        {
            for (int c = 0; c < dim; c++)
                dq[c] = dqSum[(long)c * width + i] * scale;
        }
    }

    /// <summary>
    /// delta = rowsum(dy * y), and the saved logarithms; lanes without a query get infinity there, hence no probability.
    /// </summary>
    static void RowStatistics(T* y, T* dy, T* logSumExp, AttentionShape shape, int count, T* logSum, T* delta, int width)
    {
        for (int i = 0; i < count; i++, y += shape.Stride, dy += shape.Stride)
        {
            Vector512<T> sum = Vector512<T>.Zero;
            for (int c = 0; c < shape.HeadDim; c += Vector512<T>.Count)
                sum = Lanes.Fma(Lanes.Load(y + c, shape.HeadDim - c), Lanes.Load(dy + c, shape.HeadDim - c), sum);
            delta[i] = Vector512.Sum(sum);
            logSum[i] = logSumExp[i];
        }

        new Span<T>(logSum + count, width - count).Fill(T.PositiveInfinity);
        new Span<T>(delta + count, width - count).Clear();
    }

    /// <summary>Scores become probabilities p, and gradients of p become gradients of scores.</summary>
    static void Differentiate(T* scores, T* dscores, int rows, int width, T* logSum, T* delta)
    {
        Vector512<T> log = Vector512.Load(logSum), mean = Vector512.Load(delta);
        for (int r = 0; r < rows; r++, scores += width, dscores += width)
        {
            Vector512<T> p = VectorMath.Exp(Vector512.Load(scores) - log);
            p.Store(scores);
            (p * (Vector512.Load(dscores) - mean)).Store(dscores);
        }
    }
}
