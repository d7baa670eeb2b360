using System.Numerics;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Softmax of each row: y = e^(x - max) / Σ e^(x - max).</summary>
internal static unsafe class SoftmaxKernel<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    const int ParallelGrain = 1 << 14;

    /// <summary>Computes y [rows, columns].</summary>
    public static void Forward(T* x, T* y, long rows, int columns) =>
        CpuThreads.ForRange(rows, ParallelGrain / Math.Max(1, columns), (start, end) =>
        {
            for (long r = start; r < end; r++)
                ForwardRow(x + r * columns, y + r * columns, columns);
        });

    /// <summary>Computes dx = y (dy - Σ dy y) [rows, columns].</summary>
    public static void Backward(T* y, T* dy, T* dx, long rows, int columns) =>
        CpuThreads.ForRange(rows, ParallelGrain / Math.Max(1, columns), (start, end) =>
        {
            for (long r = start; r < end; r++)
                BackwardRow(y + r * columns, dy + r * columns, dx + r * columns, columns);
        });

    static void ForwardRow(T* x, T* y, int columns)
    {
        Vector512<T> maxima = Vector512.Create(T.NegativeInfinity);
        int whole = columns - columns % Vector512<T>.Count;
        for (int c = 0; c < whole; c += Vector512<T>.Count)
            maxima = Vector512.Max(maxima, Lanes.LoadAhead(x + c, Vector512<T>.Count));
        T max = Lanes.Max(maxima);
        for (int c = whole; c < columns; c++)
            max = T.Max(max, x[c]);

        Vector512<T> shift = Vector512.Create(max), sum = Vector512<T>.Zero;
        for (int c = 0; c < whole; c += Vector512<T>.Count)
        {
            Vector512<T> e = VectorMath.Exp(Vector512.Load(x + c) - shift);
            e.Store(y + c);
            sum += e;
        }

        double total = Lanes.Sum(sum);
        if (whole < columns)
        {
            Vector512<T> e = VectorMath.Exp(Lanes.Load(x + whole, columns - whole) - shift);
            Lanes.Store(e, y + whole, columns - whole);
            for (int c = whole; c < columns; c++)
                total += double.CreateTruncating(y[c]);
        }

        Vector512<T> scale = Vector512.Create(T.CreateTruncating(1 / total));
        for (int c = 0; c < columns; c += Vector512<T>.Count)
            Lanes.Store(Lanes.Load(y + c, columns - c) * scale, y + c, columns - c);
    }

    static void BackwardRow(T* y, T* dy, T* dx, int columns)
    {
        Vector512<T> products = Vector512<T>.Zero;
        for (int c = 0; c < columns; c += Vector512<T>.Count)
            products = Lanes.Fma(Lanes.Load(y + c, columns - c), Lanes.Load(dy + c, columns - c), products);
        Vector512<T> mean = Vector512.Create(T.CreateTruncating(Lanes.Sum(products)));
        for (int c = 0; c < columns; c += Vector512<T>.Count)
        {
            Vector512<T> dxv = Lanes.Load(y + c, columns - c) * (Lanes.Load(dy + c, columns - c) - mean);
            Lanes.Store(dxv, dx + c, columns - c);
        }
    }
}
