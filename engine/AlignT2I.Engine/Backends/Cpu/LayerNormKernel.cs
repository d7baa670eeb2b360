using System.Numerics;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Layer normalization of rows: y = (x - mean) * rstd * weight + bias.</summary>
internal static unsafe class LayerNormKernel<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    const int ParallelGrain = 1 << 14;

    /// <summary>Rows whose products are summed in T before they go into a double.</summary>
    const int RowBlock = 64;

    /// <summary>Row ranges of the backward pass; fixed, so that the sums over rows do not depend on the number of threads.</summary>
    const int Parts = 16;

    /// <summary>Computes y [rows, columns], mean and rstd [rows].</summary>
    public static void Forward(T* x, T* weight, T* bias, T* y, T* mean, T* rstd, long rows, int columns, double eps) =>
        CpuThreads.ForRange(rows, ParallelGrain / Math.Max(1, columns), (start, end) =>
        {
            for (long r = start; r < end; r++)
            {
                (double m, double variance) = Moments(x + r * columns, columns);
                mean[r] = T.CreateTruncating(m);
                rstd[r] = T.CreateTruncating(1 / Math.Sqrt(variance + eps));
                Apply(x + r * columns, weight, bias, y + r * columns, mean[r], rstd[r], columns);
            }
        });

    /// <summary>
    /// g = dy * weight, h = (x - mean) * rstd: dx = rstd * (g - avg(g) - h * avg(g * h)); dweight = Σ dy * h, dbias = Σ dy over rows.
    /// </summary>
    public static void Backward(
        T* x, T* weight, T* mean, T* rstd, T* dy, T* dx, T* dweight, T* dbias, long rows, int columns)
    {
        long size = (rows + Parts - 1) / Parts;
        int width = Lanes.Vectors<T>(columns) * Vector512<T>.Count;
        using Scratch<double> scratch = Scratch<double>.Rent(2L * Parts * width);
        double* totals = scratch.Pointer;
        new Span<double>(totals, checked(2 * Parts * width)).Clear();
        Action<int> part = i => BackwardRows(
            x, weight, mean, rstd, dy, dx, totals + 2L * i * width, width, i * size, Math.Min(rows, (i + 1) * size), columns);
        if (rows * columns < ParallelGrain)
        {
            for (int i = 0; i < Parts; i++)
                part(i);
        }
        else
        {
            CpuThreads.For(Parts, part);
        }

        for (int c = 0; c < columns; c++)
        {
            double weightSum = 0, biasSum = 0;
            for (int i = 0; i < Parts; i++)
            {
                weightSum += totals[2L * i * width + c];
                biasSum += totals[(2L * i + 1) * width + c];
            }

            dweight[c] = T.CreateTruncating(weightSum);
            dbias[c] = T.CreateTruncating(biasSum);
        }
    }

    /// <summary>Mean and variance: sums of x, then of the distances from their rounded mean, which corrects that mean too.</summary>
    static (double Mean, double Variance) Moments(T* x, int columns)
    {
        int width = Vector512<T>.Count, whole = columns - columns % width, pairs = columns - columns % (2 * width);
        Vector512<T> even = default, odd = default;
        for (int c = 0; c < pairs; c += 2 * width)
            (even, odd) = (even + Vector512.Load(x + c), odd + Vector512.Load(x + c + width));
        for (int c = pairs; c < columns; c += width)
            even += Lanes.Load(x + c, columns - c);
        T guess = T.CreateTruncating(Lanes.Sum(even + odd) / columns);

        Vector512<T> center = Vector512.Create(guess), first = default, firstOdd = default, second = default, secondOdd = default;
        for (int c = 0; c < pairs; c += 2 * width)
        {
            Vector512<T> d = Vector512.Load(x + c) - center, e = Vector512.Load(x + c + width) - center;
            (first, firstOdd) = (first + d, firstOdd + e);
            (second, secondOdd) = (Lanes.Fma(d, d, second), Lanes.Fma(e, e, secondOdd));
        }

        if (pairs < whole)
        {
            Vector512<T> d = Vector512.Load(x + pairs) - center;
            first += d;
            second = Lanes.Fma(d, d, second);
        }

        double firstSum = Lanes.Sum(first + firstOdd), secondSum = Lanes.Sum(second + secondOdd);
        for (int c = whole; c < columns; c++)
        {
            double d = double.CreateTruncating(x[c] - guess);
            firstSum += d;
            secondSum += d * d;
        }

        double correction = firstSum / columns;
        return (double.CreateTruncating(guess) + correction, Math.Max(0, secondSum / columns - correction * correction));
    }

    static void Apply(T* x, T* weight, T* bias, T* y, T mean, T rstd, int columns)
    {
        Vector512<T> center = Vector512.Create(mean), scale = Vector512.Create(rstd);
        for (int c = 0; c < columns; c += Vector512<T>.Count)
        {
            int count = columns - c;
            Vector512<T> h = (Lanes.Load(x + c, count) - center) * scale;
            Lanes.Store(Lanes.Fma(h, Lanes.Load(weight + c, count), Lanes.Load(bias + c, count)), y + c, count);
        }
    }

    static void BackwardRows(
        T* x, T* weight, T* mean, T* rstd, T* dy, T* dx, double* totals, int width, long start, long end, int columns)
    {
        using Scratch<T> scratch = Scratch<T>.Rent(2L * width);
        Span<T> block = new(scratch.Pointer, 2 * width);
        for (long first = start; first < end; first += RowBlock)
        {
            block.Clear();
            for (long r = first; r < Math.Min(end, first + RowBlock); r++)
            {
                long at = r * columns;
                BackwardRow(x + at, weight, mean[r], rstd[r], dy + at, dx + at, scratch.Pointer, scratch.Pointer + width, columns);
            }

            for (int c = 0; c < block.Length; c++)
                totals[c] += double.CreateTruncating(block[c]);
        }
    }

    static void BackwardRow(T* x, T* weight, T mean, T rstd, T* dy, T* dx, T* dweight, T* dbias, int columns)
    {
        Vector512<T> center = Vector512.Create(mean), scale = Vector512.Create(rstd);
        Vector512<T> gSum = Vector512<T>.Zero, ghSum = Vector512<T>.Zero;
        for (int c = 0; c < columns; c += Vector512<T>.Count)
        {
            int count = columns - c;
            Vector512<T> dyv = Lanes.Load(dy + c, count), h = (Lanes.Load(x + c, count) - center) * scale;
            Vector512<T> g = dyv * Lanes.Load(weight + c, count);
            gSum += g;
            ghSum = Lanes.Fma(g, h, ghSum);
            Lanes.Fma(dyv, h, Vector512.Load(dweight + c)).Store(dweight + c);
            (dyv + Vector512.Load(dbias + c)).Store(dbias + c);
        }

        Vector512<T> gMean = Vector512.Create(T.CreateTruncating(Lanes.Sum(gSum) / columns));
        Vector512<T> ghMean = Vector512.Create(T.CreateTruncating(Lanes.Sum(ghSum) / columns));
        for (int c = 0; c < columns; c += Vector512<T>.Count)
        {
            int count = columns - c;
            Vector512<T> h = (Lanes.Load(x + c, count) - center) * scale;
            Vector512<T> g = Lanes.Load(dy + c, count) * Lanes.Load(weight + c, count);
            Lanes.Store((g - gMean - h * ghMean) * scale, dx + c, count);
        }
    }
}
