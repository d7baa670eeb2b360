using System.Numerics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Sums over the rows of a matrix: the gradient of a bias.</summary>
internal static unsafe class ColumnSums<T> where T : unmanaged, INumberBase<T>
{
    /// <summary>sums [columns] = sum over the rows of x [rows, columns], in an order that depends on the shape alone.</summary>
    public static void Compute(T* x, long rows, int columns, T* sums)
    {
        int parts = (int)Math.Clamp(rows * columns / 32768, 1, 8);
        long step = (rows + parts - 1) / parts;
        using Scratch<T> scratch = Scratch<T>.Rent((long)parts * columns);
        T* partial = scratch.Pointer;
        CpuThreads.For(parts, part =>
            AddRows(x + part * step * columns, Math.Clamp(rows - part * step, 0, step), columns, partial + (nint)part * columns));
        PartialSums<T>.Add(partial, parts, 1, columns, sums, columns, default);
    }

    static void AddRows(T* x, long rows, int columns, T* sums)
    {
        int column = 0, width = Vector<T>.Count;
        for (; column + 4 * width <= columns; column += 4 * width)
        {
            Vector<T> a = default, b = default, c = default, d = default;
            T* from = x + column;
            for (long row = 0; row < rows; row++, from += columns)
            {
                a += Vector.Load(from);
                b += Vector.Load(from + width);
                c += Vector.Load(from + 2 * width);
                d += Vector.Load(from + 3 * width);
            }
            a.Store(sums + column);
            b.Store(sums + column + width);
            c.Store(sums + column + 2 * width);
            d.Store(sums + column + 3 * width);
        }
        for (; column + width <= columns; column += width)
        {
            Vector<T> a = default;
            T* from = x + column;
            for (long row = 0; row < rows; row++, from += columns) a += Vector.Load(from);
            a.Store(sums + column);
        }
        for (; column < columns; column++)
        {
            T sum = T.Zero;
            for (long row = 0; row < rows; row++) sum += x[row * columns + column];
            sums[column] = sum;
        }
    }
}
