using System.Numerics;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Some queries of a head, and the sum of their gradient over the blocks of keys that were added so far.</summary>
internal readonly unsafe struct AttentionGradientPart<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    readonly AttentionShape shape;
    readonly int firstQuery, queries;
    readonly int width = AttentionTile<T>.MaxVectors * Vector512<T>.Count;
    readonly int columns;
    readonly Scratch<T> scratch;

    // Of the queries: q, dy [queries, Stride]; logSum, delta [queries]; dqSum [queries, columns].
    readonly T* q, dy, logSum, delta, dqSum;

    // Of a block of keys: keyLanes, valueLanes, dkSum, dvSum [HeadDim, width]; keyRows [width, columns].
    readonly T* keyLanes, valueLanes, keyRows, dkSum, dvSum;

    // Of a tile: probabilities p and gradients of scores ds [Rows, width].
    readonly T* p, ds;

    /// <param name="q">First query's row.</param>
    /// <param name="y">First query's result.</param>
    /// <param name="dy">Gradient of that.</param>
    /// <param name="logSumExp">First query's logarithm of the sum of exponentials.</param>
    /// <param name="firstQuery">Its position.</param>
    /// <param name="queries">Number of queries.</param>
    /// <param name="shape">The sizes.</param>
    public AttentionGradientPart(T* q, T* y, T* dy, T* logSumExp, int firstQuery, int queries, AttentionShape shape)
    {
        (this.firstQuery, this.queries, this.shape) = (firstQuery, queries, shape);
        this.q = q;
        this.dy = dy;
        int dim = shape.HeadDim, paddedDim = TileProduct<T>.PaddedRows(dim), tile = AttentionTile<T>.Rows * width;
        columns = TileProduct<T>.PaddedColumns(dim);
        long sums = (long)TileProduct<T>.PaddedRows(queries) * columns, lanes = (long)paddedDim * width;
        int statistics = TileProduct<T>.PaddedColumns(queries);
        scratch = Scratch<T>.Rent(sums + 4 * lanes + (long)width * columns + 2 * tile + 2 * statistics);
        keyLanes = scratch.Pointer;
        valueLanes = keyLanes + lanes;
        dkSum = valueLanes + lanes;
        dvSum = dkSum + lanes;
        p = dvSum + lanes;
        ds = p + tile;
        keyRows = ds + tile;
        dqSum = keyRows + (long)width * columns;
        logSum = dqSum + sums;
        delta = logSum + statistics;
        new Span<T>(dqSum, checked((int)sums)).Clear();
        RowStatistics(y, logSumExp);
    }

    public void Dispose() => scratch.Dispose();

    /// <summary>Adds a block of keys to the queries' gradient and computes its own over these queries.</summary>
    /// <param name="k">First key's row.</param>
    /// <param name="v">First key's value.</param>
    /// <param name="firstKey">Its position.</param>
    /// <param name="count">Number of keys, at most a block.</param>
    /// <param name="dk">Gradient of the first key, overwritten.</param>
    /// <param name="dv">Gradient of the first value, overwritten.</param>
    /// <param name="gradientStride">Distance of the gradients' rows.</param>
    public void Add(T* k, T* v, int firstKey, int count, T* dk, T* dv, int gradientStride)
    {
        int dim = shape.HeadDim, stride = shape.Stride, lanes = Lanes.Vectors<T>(count) * Vector512<T>.Count;
        AttentionTile<T>.Load(k, stride, count, dim, AttentionTile<T>.Scale(dim), keyLanes, lanes);
        AttentionTile<T>.Load(v, stride, count, dim, T.One, valueLanes, lanes);
        CopyRows(k, stride, count);

        int start = shape.Causal ? Math.Clamp(firstKey - firstQuery, 0, queries) : 0;
        for (int tile = 0, tiles = AttentionTile<T>.Tiles(queries - start); tile < tiles; tile++)
        {
            (int i, int rows) = AttentionTile<T>.Part(queries - start, tiles, tile);
            i += start;
            T* qTile = q + (long)i * stride, dyTile = dy + (long)i * stride;
            TileProduct<T>.Run(qTile, stride, 1, keyLanes, lanes, p, lanes, rows, dim, lanes, add: false);
            TileProduct<T>.Run(dyTile, stride, 1, valueLanes, lanes, ds, lanes, rows, dim, lanes, add: false);
            if (shape.Causal && firstKey + count - 1 > firstQuery + i)
                MaskFuture(firstQuery + i, firstKey, rows, lanes);
            Differentiate(i, rows, lanes);
            TileProduct<T>.Run(dyTile, 1, stride, p, lanes, dvSum, lanes, dim, rows, lanes, add: i > start);
            TileProduct<T>.Run(qTile, 1, stride, ds, lanes, dkSum, lanes, dim, rows, lanes, add: i > start);
            TileProduct<T>.Run(ds, lanes, 1, keyRows, columns, dqSum + (long)i * columns, columns, rows, count, columns, add: true);
        }

        StoreKeys(start < queries, dkSum, T.One / T.Sqrt(T.CreateTruncating(dim)), lanes, count, dk, gradientStride);
        StoreKeys(start < queries, dvSum, T.One, lanes, count, dv, gradientStride);
    }

    /// <summary>Writes the gradient of the queries.</summary>
    public void StoreQueries(T* dq, int stride)
    {
        Vector512<T> scale = Vector512.Create(T.One / T.Sqrt(T.CreateTruncating(shape.HeadDim)));
        T* sum = dqSum;
        for (int i = 0; i < queries; i++, sum += columns, dq += stride)
        {
            for (int c = 0; c < shape.HeadDim; c += Vector512<T>.Count)
                Lanes.Store(Lanes.Load(sum + c, shape.HeadDim - c) * scale, dq + c, shape.HeadDim - c);
        }
    }

    /// <summary>delta = rowsum(dy * y), and the saved logarithms in units of log 2.</summary>
    void RowStatistics(T* y, T* logSumExp)
    {
        T unit = T.CreateTruncating(1 / Math.Log(2));
        T* dyRow = dy;
        for (int i = 0; i < queries; i++, y += shape.Stride, dyRow += shape.Stride)
        {
            Vector512<T> sum = Vector512<T>.Zero;
            for (int c = 0; c < shape.HeadDim; c += Vector512<T>.Count)
                sum = Lanes.Fma(Lanes.Load(y + c, shape.HeadDim - c), Lanes.Load(dyRow + c, shape.HeadDim - c), sum);
            delta[i] = Vector512.Sum(sum);
            logSum[i] = logSumExp[i] * unit;
        }
    }

    /// <summary>Copies a block's keys to rows of whole vectors, zeros behind.</summary>
    void CopyRows(T* k, int stride, int count)
    {
        T* to = keyRows;
        for (int i = 0; i < count; i++, k += stride, to += columns)
        {
            new Span<T>(k, shape.HeadDim).CopyTo(new Span<T>(to, shape.HeadDim));
            new Span<T>(to + shape.HeadDim, columns - shape.HeadDim).Clear();
        }
    }

    /// <summary>Sets to minus infinity the scores of keys that lie after their query.</summary>
    void MaskFuture(int query, int firstKey, int rows, int lanes)
    {
        for (int i = 0; i < rows; i++)
        {
            int seen = Math.Clamp(query + i - firstKey + 1, 0, lanes);
            new Span<T>(p + (long)i * lanes + seen, lanes - seen).Fill(T.NegativeInfinity);
        }
    }

    /// <summary>Scores become probabilities, and gradients of those become gradients of scores.</summary>
    void Differentiate(int first, int rows, int lanes)
    {
        T* score = p, gradient = ds;
        for (int i = first; i < first + rows; i++)
        {
            Vector512<T> log = Vector512.Create(logSum[i]), mean = Vector512.Create(delta[i]);
            for (int lane = 0; lane < lanes; lane += Vector512<T>.Count)
            {
                Vector512<T> probability = VectorMath.PowerOfTwo(Vector512.Load(score) - log);
                probability.Store(score);
                (probability * (Vector512.Load(gradient) - mean)).Store(gradient);
                score += Vector512<T>.Count;
                gradient += Vector512<T>.Count;
            }
        }
    }

    /// <summary>Writes a block's gradient from lanes to rows; zeros where no query reads it.</summary>
    void StoreKeys(bool isRead, T* sum, T scale, int lanes, int count, T* to, int stride)
    {
        Span<T> values = new(sum, shape.HeadDim * lanes);
        if (isRead)
        {
            Vector512<T> factor = Vector512.Create(scale);
            for (T* at = sum, end = sum + values.Length; at < end; at += Vector512<T>.Count)
                (Vector512.Load(at) * factor).Store(at);
        }
        else
        {
            values.Clear();
        }

        SquareTranspose.Copy(sum, lanes, shape.HeadDim, count, to, stride);
    }
}
