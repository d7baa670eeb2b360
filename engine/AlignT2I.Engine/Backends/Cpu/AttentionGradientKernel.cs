using System.Numerics;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Backward pass of attention: each tile's probabilities p are recomputed from the saved logarithms of the row sums.</summary>
/// <remarks>
/// Dao et al. 2022, arXiv:2205.14135, algorithm 4: dv = pᵀ dy, ds = p (dy vᵀ - delta) with delta = rowsum(dy * y), dq = ds k /
/// sqrt(d), dk = dsᵀ q / sqrt(d). Keys are in lanes, so that only dq has columns that its vectors waste.
/// A head is done by one thread, in a fixed order. Where there are few heads, the longer of queries and keys is cut into
/// parts whose number depends on the sizes alone, and what they found of the other's gradient is added up in order.
/// </remarks>
internal static unsafe class AttentionGradientKernel<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Work for so many threads is found, in as many parts as that takes of each head.</summary>
    const int WantedItems = 32;

    /// <summary>Fewest positions of a part.</summary>
    const int LeastPart = 192;

    /// <summary>Computes dq like q, dk like k, dv like v.</summary>
    public static void Backward(T* q, T* k, T* v, T* y, T* logSumExp, T* dy, T* dq, T* dk, T* dv, AttentionShape shape)
    {
        if (shape.Pairs == 0) return;
        int parts = Math.Clamp(WantedItems / shape.Pairs, 1, Math.Max(1, Math.Max(shape.Queries, shape.Keys) / LeastPart));
        (int keyParts, int queryParts) = shape.Keys >= shape.Queries ? (parts, 1) : (1, parts);
        using PartialGradient<T> dqs = new(dq, shape, shape.Queries, keyParts);
        using PartialGradient<T> dks = new(dk, shape, shape.Keys, queryParts), dvs = new(dv, shape, shape.Keys, queryParts);
        shape.ForEach(shape.Pairs * parts, item =>
        {
            (int pair, int part) = Math.DivRem(item, parts);
            (int keyPart, int queryPart) = keyParts > 1 ? (part, 0) : (0, part);
            (int firstQuery, int queries) = AttentionTile<T>.Part(shape.Queries, queryParts, queryPart);
            (int firstKey, int keys) = AttentionTile<T>.Part(shape.Keys, keyParts, keyPart);
            long query = shape.Offset(pair, shape.Queries) + (long)firstQuery * shape.Stride;
            long key = shape.Offset(pair, shape.Keys) + (long)firstKey * shape.Stride;
            T* logs = logSumExp + (long)pair * shape.Queries + firstQuery;
            using AttentionGradientPart<T> rows = new(q + query, y + query, dy + query, logs, firstQuery, queries, shape);
            for (int block = 0, blocks = AttentionTile<T>.Blocks(keys); block < blocks; block++)
            {
                (int first, int count) = AttentionTile<T>.Part(keys, blocks, block);
                long at = key + (long)first * shape.Stride;
                first += firstKey;
                rows.Add(k + at, v + at, first, count, dks.Rows(pair, queryPart, first), dvs.Rows(pair, queryPart, first), dks.Stride);
            }

            rows.StoreQueries(dqs.Rows(pair, keyPart, firstQuery), dqs.Stride);
        });
        dqs.Add();
        dks.Add();
        dvs.Add();
    }
}
