using System.Numerics;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Sum and spread of each channel of some rows, exact enough for float32 images of any size and any mean.</summary>
/// <remarks>
/// The mean of the first rows is the reference; then one pass sums the distances from it and their squares, in T within a block of
/// rows and in double over the blocks. E[x²] - mean² would cancel where the mean is large.
/// </remarks>
internal static unsafe class ChannelStatistics<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    const int ReferenceRows = 16;
    const int RowBlock = 64;

    /// <summary>For each channel a reference value c near its mean, Σ (x - c) and Σ (x - c)².</summary>
    /// <param name="x">First row of the first channel.</param>
    /// <param name="rows">Rows, 1 or more.</param>
    /// <param name="channels">Channels, the distance of two rows.</param>
    /// <param name="center">Result [channels]: the reference values.</param>
    /// <param name="first">Result [channels]: the sums of distances.</param>
    /// <param name="second">Result [channels]: the sums of squared distances.</param>
    public static void Compute(T* x, int rows, int channels, T* center, double* first, double* second)
    {
        Reference(x, Math.Min(rows, ReferenceRows), channels, center);
        new Span<double>(first, channels).Clear();
        new Span<double>(second, channels).Clear();
        int width = Vector512<T>.Count;
        for (int r = 0; r < rows; r += RowBlock)
        {
            T* block = x + (long)r * channels;
            int count = Math.Min(RowBlock, rows - r), c = 0;
            for (; c + 4 * width <= channels; c += 4 * width)
                FourVectors(block + c, count, channels, center + c, first + c, second + c);
            for (; c < channels; c += width)
                Vector(block + c, count, channels, Math.Min(width, channels - c), center + c, first + c, second + c);
        }
    }

    static void Reference(T* x, int rows, int channels, T* center)
    {
        Vector512<T> share = Vector512.Create(T.One / T.CreateTruncating(rows));
        for (int c = 0; c < channels; c += Vector512<T>.Count)
        {
            Vector512<T> sum = default;
            for (int r = 0; r < rows; r++)
                sum += Lanes.Load(x + (long)r * channels + c, channels - c);
            Lanes.Store(sum * share, center + c, channels - c);
        }
    }

    static void FourVectors(T* x, int rows, int stride, T* center, double* first, double* second)
    {
        int width = Vector512<T>.Count;
        Vector512<T> c0 = Vector512.Load(center), c1 = Vector512.Load(center + width);
        Vector512<T> c2 = Vector512.Load(center + 2 * width), c3 = Vector512.Load(center + 3 * width);
        Vector512<T> d0 = default, d1 = default, d2 = default, d3 = default, q0 = default, q1 = default, q2 = default, q3 = default;
        for (int r = 0; r < rows; r++, x += stride)
        {
            Vector512<T> a = Vector512.Load(x) - c0, b = Vector512.Load(x + width) - c1;
            Vector512<T> c = Vector512.Load(x + 2 * width) - c2, d = Vector512.Load(x + 3 * width) - c3;
            (d0, d1, d2, d3) = (d0 + a, d1 + b, d2 + c, d3 + d);
            (q0, q1) = (Lanes.Fma(a, a, q0), Lanes.Fma(b, b, q1));
            (q2, q3) = (Lanes.Fma(c, c, q2), Lanes.Fma(d, d, q3));
        }

        Lanes.AddTo(d0, first, width);
        Lanes.AddTo(d1, first + width, width);
        Lanes.AddTo(d2, first + 2 * width, width);
        Lanes.AddTo(d3, first + 3 * width, width);
        Lanes.AddTo(q0, second, width);
        Lanes.AddTo(q1, second + width, width);
        Lanes.AddTo(q2, second + 2 * width, width);
        Lanes.AddTo(q3, second + 3 * width, width);
    }

    static void Vector(T* x, int rows, int stride, int lanes, T* center, double* first, double* second)
    {
        Vector512<T> reference = Lanes.Load(center, lanes), sum = default, squares = default;
        for (int r = 0; r < rows; r++, x += stride)
        {
            Vector512<T> d = Lanes.Load(x, lanes) - reference;
            sum += d;
            squares = Lanes.Fma(d, d, squares);
        }

        Lanes.AddTo(sum, first, lanes);
        Lanes.AddTo(squares, second, lanes);
    }
}
