using System.Numerics;
using System.Numerics.Tensors;

namespace AlignT2I.Engine.Backends.Cpu;

internal sealed unsafe partial class CpuBackend
{
    const int GroupRows = 512;          // SumGroups: rows that one task adds up
    const int GroupColumns = 1024;      // and columns, so that its sums stay in the first-level cache

    internal override void SumRows(Tensor x, double multiply, Tensor y)
    {
        switch (y.DType)
        {
            case DType.F32: SumRows<float, FixedOrder.First>(x.Pointer<float>(), x.Pointer<float>(), x.Count, multiply, y); break;
            case DType.F64: SumRows<double, FixedOrder.First>(x.Pointer<double>(), x.Pointer<double>(), x.Count, multiply, y); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void DotRows(Tensor a, Tensor b, Tensor y)
    {
        switch (y.DType)
        {
            case DType.F32: SumRows<float, FixedOrder.Product>(a.Pointer<float>(), b.Pointer<float>(), a.Count, 1, y); break;
            case DType.F64: SumRows<double, FixedOrder.Product>(a.Pointer<double>(), b.Pointer<double>(), a.Count, 1, y); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void ExpandRows(Tensor x, double multiply, Tensor y)
    {
        switch (y.DType)
        {
            case DType.F32: ExpandRows(x.Pointer<float>(), x.Count, (float)multiply, y.Pointer<float>(), y.Count); break;
            case DType.F64: ExpandRows(x.Pointer<double>(), x.Count, multiply, y.Pointer<double>(), y.Count); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void SumGroups(Tensor x, int groups, Tensor y)
    {
        switch (y.DType)
        {
            case DType.F32: SumGroups<float, FixedOrder.First>(x.Pointer<float>(), x.Pointer<float>(), x.Count, groups, y); break;
            case DType.F64: SumGroups<double, FixedOrder.First>(x.Pointer<double>(), x.Pointer<double>(), x.Count, groups, y); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void DotGroups(Tensor a, Tensor b, int groups, Tensor y)
    {
        switch (y.DType)
        {
            case DType.F32: SumGroups<float, FixedOrder.Product>(a.Pointer<float>(), b.Pointer<float>(), a.Count, groups, y); break;
            case DType.F64: SumGroups<double, FixedOrder.Product>(a.Pointer<double>(), b.Pointer<double>(), a.Count, groups, y); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void L2NormalizeForward(Tensor x, double eps, Tensor y, Tensor norm)
    {
        switch (y.DType)
        {
            case DType.F32: L2NormalizeForward(x.Pointer<float>(), eps, y.Pointer<float>(), norm.AsSpan<float>(), y.Shape[^1]); break;
            case DType.F64: L2NormalizeForward(x.Pointer<double>(), eps, y.Pointer<double>(), norm.AsSpan<double>(), y.Shape[^1]); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void L2NormalizeBackward(Tensor y, Tensor norm, double eps, Tensor dy, Tensor dx)
    {
        int c = y.Shape[^1];
        switch (y.DType)
        {
            case DType.F32: L2NormalizeBackward(y.Pointer<float>(), norm.AsSpan<float>(), eps, dy.Pointer<float>(), dx.Pointer<float>(), c); break;
            case DType.F64: L2NormalizeBackward(y.Pointer<double>(), norm.AsSpan<double>(), eps, dy.Pointer<double>(), dx.Pointer<double>(), c); break;
            default: throw NotSupported(y.DType);
        }
    }

    static void SumRows<T, TTerm>(T* a, T* b, long count, double multiply, Tensor y)
        where T : unmanaged, IFloatingPointIeee754<T> where TTerm : FixedOrder.ITerm
    {
        int rows = (int)y.Count;
        if (rows == 0) return;
        double[] sums = FixedOrder.Rows<T, TTerm>(a, b, rows, count / rows);
        Span<T> result = y.AsSpan<T>();
        for (int i = 0; i < rows; i++)
            result[i] = T.CreateTruncating(multiply * sums[i]);
    }

    static void ExpandRows<T>(T* x, long rows, T multiply, T* y, long count) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (count == 0) return;
        long columns = count / rows;
        ForRowPieces(count, columns, (first, length) => new Span<T>(y + first, length).Fill(multiply * x[first / columns]));
    }

    void SumGroups<T, TTerm>(T* a, T* b, long count, int groups, Tensor y)
        where T : unmanaged, IFloatingPointIeee754<T> where TTerm : FixedOrder.ITerm
    {
        int columns = (int)(y.Count / groups);
        if (columns == 0) return;
        long rows = count / groups / columns;
        int chunks = (int)Math.Max(1, (rows + GroupRows - 1) / GroupRows);
        int blocks = (columns + GroupColumns - 1) / GroupColumns;
        long bytes = (long)groups * chunks * columns * sizeof(double);
        nint buffer = Allocate(bytes);
        try
        {
            double* partial = (double*)buffer;      // [groups, chunks, columns]
            void Run(int task)
            {
                int block = task % blocks * GroupColumns, width = Math.Min(GroupColumns, columns - block);
                int chunk = task / blocks % chunks, group = task / blocks / chunks;
                double* sums = partial + ((long)group * chunks + chunk) * columns + block;
                new Span<double>(sums, width).Clear();
                long last = Math.Min(rows, (chunk + 1L) * GroupRows);
                for (long row = (long)chunk * GroupRows; row < last; row++)
                {
                    long at = (group * rows + row) * columns + block;
                    FixedOrder.Accumulate<T, TTerm>(a + at, b + at, sums, width);
                }
            }

            int tasks = groups * chunks * blocks;
            if (count < Grain)
                for (int task = 0; task < tasks; task++) Run(task);
            else
                CpuThreads.For(tasks, Run);
            AddChunks(partial, groups, chunks, columns, y.Pointer<T>());
        }
        finally
        {
            Free(buffer, bytes);
        }
    }

    static void AddChunks<T>(double* partial, int groups, int chunks, int columns, T* y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int group = 0; group < groups; group++)
        {
            Span<double> sums = new(partial + (long)group * chunks * columns, columns);
            for (int chunk = 1; chunk < chunks; chunk++)
                TensorPrimitives.Add<double>(sums, new ReadOnlySpan<double>(partial + ((long)group * chunks + chunk) * columns, columns), sums);
            for (int i = 0; i < columns; i++)
                y[(long)group * columns + i] = T.CreateTruncating(sums[i]);
        }
    }

    static void L2NormalizeForward<T>(T* x, double eps, T* y, Span<T> norm, int columns) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int row = 0; row < norm.Length; row++)
        {
            T* from = x + (long)row * columns;
            double length = Math.Max(Math.Sqrt(FixedOrder.Sum<T, FixedOrder.Product>(from, from, columns)), eps);
            norm[row] = T.CreateTruncating(length);
            TensorPrimitives.Divide(new ReadOnlySpan<T>(from, columns), norm[row], new Span<T>(y + (long)row * columns, columns));
        }
    }

    static void L2NormalizeBackward<T>(T* y, Span<T> norm, double eps, T* dy, T* dx, int columns) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int row = 0; row < norm.Length; row++)
        {
            long at = (long)row * columns;
            T inverse = T.One / norm[row];
            bool clamped = norm[row] <= T.CreateTruncating(eps);
            T dot = clamped ? T.Zero : T.CreateTruncating(FixedOrder.Sum<T, FixedOrder.Product>(y + at, dy + at, columns));
            for (int i = 0; i < columns; i++)
                dx[at + i] = (dy[at + i] - y[at + i] * dot) * inverse;
        }
    }
}
