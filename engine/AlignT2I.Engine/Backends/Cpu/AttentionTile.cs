using System.Numerics;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>What attention's forward and backward share: a block of queries, or of keys, lies in the lanes of a few vectors.</summary>
/// <remarks>The other positions follow one another in memory and are read where they are, unpacked.</remarks>
internal static unsafe class AttentionTile<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Most vectors of a block: the width of the micro-kernel for registers of 512 bits, two of those of 256.</summary>
    public const int MaxVectors = 3;

    /// <summary>Positions that a tile of scores has outside the lanes: 15 KB in float32.</summary>
    public const int Rows = 80;

    /// <summary>Factor of a score where the softmax is computed with powers of 2: log2(e) / sqrt(d).</summary>
    public static T Scale(int headDim) => T.CreateTruncating(1 / (Math.Log(2) * Math.Sqrt(headDim)));

    /// <summary>The blocks that <paramref name="length"/> positions fall into, none with more than <paramref name="vectors"/>.</summary>
    public static int Blocks(int length, int vectors = MaxVectors) => (Lanes.Vectors<T>(length) + vectors - 1) / vectors;

    /// <summary>The tiles that <paramref name="length"/> positions outside the lanes fall into.</summary>
    public static int Tiles(int length) => Blocks(length, Rows / Vector512<T>.Count);

    /// <summary>Cuts positions into parts of whole vectors that differ by one at most: the first of a part and how many it has.</summary>
    public static (int First, int Count) Part(int length, int parts, int part)
    {
        long vectors = Lanes.Vectors<T>(length);
        int first = (int)(part * vectors / parts) * Vector512<T>.Count;
        return (first, Math.Min(length, (int)((part + 1) * vectors / parts) * Vector512<T>.Count) - first);
    }

    /// <summary>
    /// Copies rows into lanes, times <paramref name="scale"/>: y[c, i] = x[i, c] * scale; zero from <paramref name="count"/> on.
    /// </summary>
    public static void Load(T* x, int xStride, int count, int columns, T scale, T* y, int width)
    {
        SquareTranspose.Copy(x, xStride, count, columns, y, width);
        Vector512<T> factor = Vector512.Create(scale);
        for (int c = 0; c < columns; c++, y += width)
        {
            new Span<T>(y + count, width - count).Clear();
            for (int lane = 0; lane < width; lane += Vector512<T>.Count)
                (Vector512.Load(y + lane) * factor).Store(y + lane);
        }
    }
}
