using System.Numerics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Adds up what the parts of a cut sum found, in the order of the parts.</summary>
internal static unsafe class PartialSums<T> where T : unmanaged, INumberBase<T>
{
    /// <summary>C [m, n] = sum of <paramref name="parts"/> contiguous matrices, and then the epilogue of it.</summary>
    public static void Add(T* partial, int parts, int m, int n, T* c, nint ldc, EpilogueKernel<T> epilogue)
    {
        long size = (long)m * n;
        CpuThreads.ForRange(m, Math.Max(1, 8192 / (parts * n + 1)), (start, end) =>
        {
            for (long row = start; row < end; row++)
            {
                T* from = partial + row * n, to = c + (nint)row * ldc;
                int j = 0;
                for (; j + Vector<T>.Count <= n; j += Vector<T>.Count)
                {
                    Vector<T> sum = Vector.Load(from + j);
                    for (int part = 1; part < parts; part++) sum += Vector.Load(from + part * size + j);
                    sum.Store(to + j);
                }
                for (; j < n; j++)
                {
                    T sum = from[j];
                    for (int part = 1; part < parts; part++) sum += from[part * size + j];
                    to[j] = sum;
                }
                epilogue.Apply(to, ldc, row, 1, 0, n);
            }
        });
    }
}
