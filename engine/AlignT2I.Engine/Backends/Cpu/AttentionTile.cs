using System.Numerics;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>
/// What attention's forward and backward share: a block of queries lies in the lanes of vectors, keys follow one another in memory.
/// </summary>
/// <remarks>
/// With queries in lanes neither head width nor softmax wastes lanes, and keys and values are read where they are, unpacked.
/// </remarks>
internal static unsafe class AttentionTile<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Most vectors of queries in a block: four make the product kernel run at full speed.</summary>
    public const int MaxVectors = 4;

    /// <summary>Keys per tile: scores of 64 keys and 64 queries are 16 KB in float32.</summary>
    public const int Keys = 64;

    /// <summary>Most queries in a block.</summary>
    public static int Queries => MaxVectors * Vector512<T>.Count;

    /// <summary>
    /// Copies rows into columns, times <paramref name="scale"/>: y[c, i] = x[i, c] * scale; zero in columns from <paramref
    /// name="count"/> to width.
    /// </summary>
    public static void Transpose(T* x, int xStride, int count, int columns, T scale, T* y, int width)
    {
        for (int i = 0; i < count; i++, x += xStride)
        {
            for (int c = 0; c < columns; c++)
                y[(long)c * width + i] = x[c] * scale;
        }

        if (count == width)
            return;
        for (int c = 0; c < columns; c++)
            new Span<T>(y + (long)c * width + count, width - count).Clear();
    }

    /// <summary>Copies rows to rows of <paramref name="width"/> elements, times <paramref name="scale"/>, with zeros behind.</summary>
    public static void Pack(T* x, int xStride, int count, int columns, T scale, T* y, int width)
    {
        Vector512<T> factor = Vector512.Create(scale);
        for (int i = 0; i < count; i++, x += xStride, y += width)
        {
            for (int c = 0; c < columns; c += Vector512<T>.Count)
                (Lanes.Load(x + c, columns - c) * factor).Store(y + c);
        }
    }

    /// <summary>Sets to minus infinity the scores of keys that lie after their query.</summary>
    /// <param name="scores">[keys, width].</param>
    /// <param name="width">Queries in a row.</param>
    /// <param name="firstQuery">Position of the first.</param>
    /// <param name="firstKey">Position of the first key.</param>
    /// <param name="keys">Number of keys.</param>
    public static void MaskFuture(T* scores, int width, int firstQuery, int firstKey, int keys)
    {
        for (int r = 0; r < keys; r++)
        {
            int masked = Math.Clamp(firstKey + r - firstQuery, 0, width);
            new Span<T>(scores + (long)r * width, masked).Fill(T.NegativeInfinity);
        }
    }
}
