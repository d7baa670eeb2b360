using System.Numerics;
using System.Numerics.Tensors;

namespace AlignT2I.Engine.Backends.Cpu;

internal sealed unsafe partial class CpuBackend
{
    const int GroupRows = 512;          // SumGroups: rows that one task adds up
    const int GroupColumns = 1024;      // and columns, so that its sums stay in the first-level cache

    internal override void SumRows(Tensor x, double multiply, Tensor y)
    {
        using HalfOperands operands = new();
        (x, y) = (operands.Read(x), operands.Write(y));
        switch (y.DType)
        {
            case DType.F32: SumRows<float, FixedOrder.First>(x.Pointer<float>(), x.Pointer<float>(), x.Count, multiply, y); break;
            case DType.F64: SumRows<double, FixedOrder.First>(x.Pointer<double>(), x.Pointer<double>(), x.Count, multiply, y); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void DotRows(Tensor a, Tensor b, Tensor y)
    {
        using HalfOperands operands = new();
        (a, b, y) = (operands.Read(a), operands.Read(b), operands.Write(y));
        switch (y.DType)
        {
            case DType.F32: SumRows<float, FixedOrder.Product>(a.Pointer<float>(), b.Pointer<float>(), a.Count, 1, y); break;
            case DType.F64: SumRows<double, FixedOrder.Product>(a.Pointer<double>(), b.Pointer<double>(), a.Count, 1, y); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void ExpandRows(Tensor x, double multiply, Tensor y)
    {
        using HalfOperands operands = new();
        (x, y) = (operands.Read(x), operands.Write(y));
        switch (y.DType)
        {
            case DType.F32: ExpandRows(x.Pointer<float>(), x.Count, (float)multiply, y.Pointer<float>(), y.Count); break;
            case DType.F64: ExpandRows(x.Pointer<double>(), x.Count, multiply, y.Pointer<double>(), y.Count); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void SumGroups(Tensor x, int groups, Tensor y)
    {
        using HalfOperands operands = new();
        (x, y) = (operands.Read(x), operands.Write(y));
        switch (y.DType)
        {
            case DType.F32: SumGroups<float, FixedOrder.First>(x.Pointer<float>(), x.Pointer<float>(), x.Count, groups, y); break;
            case DType.F64: SumGroups<double, FixedOrder.First>(x.Pointer<double>(), x.Pointer<double>(), x.Count, groups, y); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void DotGroups(Tensor a, Tensor b, int groups, Tensor y)
    {
        using HalfOperands operands = new();
        (a, b, y) = (operands.Read(a), operands.Read(b), operands.Write(y));
        switch (y.DType)
        {
            case DType.F32: SumGroups<float, FixedOrder.Product>(a.Pointer<float>(), b.Pointer<float>(), a.Count, groups, y); break;
            case DType.F64: SumGroups<double, FixedOrder.Product>(a.Pointer<double>(), b.Pointer<double>(), a.Count, groups, y); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void L2NormalizeForward(Tensor x, double eps, Tensor y, Tensor norm)
    {
        using HalfOperands operands = new();
        (x, y) = (operands.Read(x), operands.Write(y));
        switch (y.DType)
        {
            case DType.F32: L2NormalizeForward<float>(x, eps, y, norm); break;
            case DType.F64: L2NormalizeForward<double>(x, eps, y, norm); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void L2NormalizeBackward(Tensor y, Tensor norm, double eps, Tensor dy, Tensor dx)
    {
        using HalfOperands operands = new();
        (y, dy, dx) = (operands.Read(y), operands.Read(dy), operands.Write(dx));
        switch (y.DType)
        {
            case DType.F32: L2NormalizeBackward<float>(y, norm, eps, dy, dx); break;
            case DType.F64: L2NormalizeBackward<double>(y, norm, eps, dy, dx); break;
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
        if (y.Count == 0) return;
        int columns = (int)(y.Count / groups);
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
            {
                ReadOnlySpan<double> next = new(partial + ((long)group * chunks + chunk) * columns, columns);
                TensorPrimitives.Add(sums, next, sums);
            }

            for (int i = 0; i < columns; i++)
                y[(long)group * columns + i] = T.CreateTruncating(sums[i]);
        }
    }

    static void L2NormalizeForward<T>(Tensor x, double eps, Tensor y, Tensor norm) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int columns = x.Shape[^1];
        T* from = x.Pointer<T>(), to = y.Pointer<T>();
        Span<T> norms = norm.AsSpan<T>();
        for (int row = 0; row < norms.Length; row++, from += columns, to += columns)
        {
            double length = Math.Max(Math.Sqrt(FixedOrder.Sum<T, FixedOrder.Product>(from, from, columns)), eps);
            norms[row] = T.CreateTruncating(length);
            TensorPrimitives.Divide(new ReadOnlySpan<T>(from, columns), norms[row], new Span<T>(to, columns));
        }
    }

    static void L2NormalizeBackward<T>(Tensor y, Tensor norm, double eps, Tensor dy, Tensor dx)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int columns = y.Shape[^1];
        T* unit = y.Pointer<T>(), gradient = dy.Pointer<T>(), to = dx.Pointer<T>();
        Span<T> norms = norm.AsSpan<T>();
        for (int row = 0; row < norms.Length; row++, unit += columns, gradient += columns, to += columns)
        {
            T inverse = T.One / norms[row];
            bool raised = norms[row] <= T.CreateTruncating(eps);
            T dot = raised ? T.Zero : T.CreateTruncating(FixedOrder.Sum<T, FixedOrder.Product>(unit, gradient, columns));
            for (int i = 0; i < columns; i++)
                to[i] = (gradient[i] - unit[i] * dot) * inverse;
        }
    }
}
