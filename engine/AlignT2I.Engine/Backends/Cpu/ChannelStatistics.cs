using System.Numerics;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Sum and spread of each channel of an image, exact enough for float32 images of any size and any mean.</summary>
/// <remarks>
/// Rows are taken in blocks that stay in the first-level cache: the mean of a block first, then the distances from it, summed in T;
/// the blocks are put together in double. E[x²] - mean² would cancel where the mean is large.
/// </remarks>
internal static unsafe class ChannelStatistics<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    const int RowBlock = 128;

    /// <summary>For each channel a reference value c near its mean, Σ (x - c) and Σ (x - c)².</summary>
    /// <param name="x">First row of the first channel.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="stride">Distance of two rows.</param>
    /// <param name="channels">Channels from <paramref name="x"/> on.</param>
    /// <param name="center">Result [channels]: the reference values.</param>
    /// <param name="first">Result [channels]: the sums of distances.</param>
    /// <param name="second">Result [channels]: the sums of squared distances.</param>
    public static void Compute(T* x, int rows, int stride, int channels, double* center, double* first, double* second)
    {
        T* block = stackalloc T[3 * Vector512<T>.Count];
        for (int c = 0; c < channels; c += Vector512<T>.Count)
        {
            int lanes = Math.Min(channels - c, Vector512<T>.Count);
            for (int r = 0; r < rows; r += RowBlock)
            {
                int count = Math.Min(RowBlock, rows - r);
                Block(x + (long)r * stride + c, count, stride, lanes, block);
                for (int lane = 0; lane < lanes; lane++)
                {
                    double mean = double.CreateTruncating(block[lane]);
                    double sum = double.CreateTruncating(block[Vector512<T>.Count + lane]);
                    double squares = double.CreateTruncating(block[2 * Vector512<T>.Count + lane]);
                    if (r == 0)
                    {
                        (center[c + lane], first[c + lane], second[c + lane]) = (mean, sum, squares);
                        continue;
                    }

                    double shift = mean - center[c + lane];
                    first[c + lane] += sum + count * shift;
                    second[c + lane] += squares + shift * (2 * sum + count * shift);
                }
            }
        }
    }

    /// <summary>Mean of the rows, rounded, then the sums of the distances from it and of their squares: three vectors at result.</summary>
    static void Block(T* x, int rows, int stride, int lanes, T* result)
    {
        Vector512<T> s0 = default, s1 = default, s2 = default, s3 = default;
        T* at = x;
        int r = 0;
        for (; r + 4 <= rows; r += 4, at += 4L * stride)
        {
            s0 += Lanes.Load(at, lanes);
            s1 += Lanes.Load(at + stride, lanes);
            s2 += Lanes.Load(at + 2L * stride, lanes);
            s3 += Lanes.Load(at + 3L * stride, lanes);
        }

        for (; r < rows; r++, at += stride)
            s0 += Lanes.Load(at, lanes);
        Vector512<T> mean = (s0 + s1 + (s2 + s3)) * Vector512.Create(T.One / T.CreateTruncating(rows));

        Vector512<T> d0 = default, d1 = default, q0 = default, q1 = default;
        for (r = 0, at = x; r + 2 <= rows; r += 2, at += 2L * stride)
        {
            Vector512<T> a = Lanes.Load(at, lanes) - mean, b = Lanes.Load(at + stride, lanes) - mean;
            (d0, d1) = (d0 + a, d1 + b);
            (q0, q1) = (Lanes.Fma(a, a, q0), Lanes.Fma(b, b, q1));
        }

        if (r < rows)
        {
            Vector512<T> a = Lanes.Load(at, lanes) - mean;
            d0 += a;
            q0 = Lanes.Fma(a, a, q0);
        }

        mean.Store(result);
        (d0 + d1).Store(result + Vector512<T>.Count);
        (q0 + q1).Store(result + 2 * Vector512<T>.Count);
    }
}
