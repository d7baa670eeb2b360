using System.Numerics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Sums whose order, and so whose every bit, depends on the number of elements alone; accumulated in float64.</summary>
internal static unsafe class FixedOrder
{
    /// <summary>Length of the pieces into which long sums are cut, each summed on its own and the sums then added in order.</summary>
    public const int Piece = 16 * 1024;

    /// <summary>Sum of <typeparamref name="TTerm"/> of a[i] and b[i].</summary>
    public static double Sum<T, TTerm>(T* a, T* b, long count) where T : unmanaged, IFloatingPointIeee754<T> where TTerm : ITerm
    {
        Vector<double> even = Vector<double>.Zero, odd = Vector<double>.Zero;
        int width = Vector<double>.Count;
        long i = 0;
        for (; i + 2 * width <= count; i += 2 * width)
        {
            (Vector<double> a0, Vector<double> a1) = Load(a + i);
            (Vector<double> b0, Vector<double> b1) = Load(b + i);
            even += TTerm.Of(a0, b0);
            odd += TTerm.Of(a1, b1);
        }
        double sum = Vector.Sum(even + odd);
        for (; i < count; i++)
            sum += TTerm.Of(double.CreateTruncating(a[i]), double.CreateTruncating(b[i]));
        return sum;
    }

    /// <summary>sums[i] += <typeparamref name="TTerm"/> of a[i] and b[i].</summary>
    public static void Accumulate<T, TTerm>(T* a, T* b, double* sums, long count)
        where T : unmanaged, IFloatingPointIeee754<T> where TTerm : ITerm
    {
        int width = Vector<double>.Count;
        long i = 0;
        for (; i + 2 * width <= count; i += 2 * width)
        {
            (Vector<double> a0, Vector<double> a1) = Load(a + i);
            (Vector<double> b0, Vector<double> b1) = Load(b + i);
            (Vector.Load(sums + i) + TTerm.Of(a0, b0)).Store(sums + i);
            (Vector.Load(sums + i + width) + TTerm.Of(a1, b1)).Store(sums + i + width);
        }
        for (; i < count; i++)
            sums[i] += TTerm.Of(double.CreateTruncating(a[i]), double.CreateTruncating(b[i]));
    }

    /// <summary>sums[r] = sum over i of <typeparamref name="TTerm"/> of a[r, i] and b[r, i].</summary>
    public static double[] Rows<T, TTerm>(T* a, T* b, int rows, long columns)
        where T : unmanaged, IFloatingPointIeee754<T> where TTerm : ITerm
    {
        int pieces = (int)Math.Max(1, (columns + Piece - 1) / Piece);
        double[] partial = new double[(long)rows * pieces];
        void Run(long task)
        {
            long first = task % pieces * Piece, start = task / pieces * columns + first;
            partial[task] = Sum<T, TTerm>(a + start, b + start, Math.Min(Piece, columns - first));
        }

        long grain = Math.Max(1, Piece / Math.Max(1, Math.Min(columns, Piece)));
        if (pieces > 1)
            CpuThreads.For(partial.Length, i => Run(i));
        else
            CpuThreads.ForRange(rows, 2 * grain, (start, end) =>
            {
                for (long row = start; row < end; row++)
                    Run(row);
            });
        if (pieces == 1)
            return partial;
        double[] sums = new double[rows];
        for (int i = 0; i < partial.Length; i++)
            sums[i / pieces] += partial[i];
        return sums;
    }

    static (Vector<double> First, Vector<double> Second) Load<T>(T* p) where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            Vector.Widen(Vector.Load((float*)p), out Vector<double> first, out Vector<double> second);
            return (first, second);
        }
        return (Vector.Load((double*)p), Vector.Load((double*)p + Vector<double>.Count));
    }

    /// <summary>What is summed.</summary>
    public interface ITerm
    {
        static abstract Vector<double> Of(Vector<double> a, Vector<double> b);

        static abstract double Of(double a, double b);
    }

    /// <summary>a alone.</summary>
    public readonly struct First : ITerm
    {
        public static Vector<double> Of(Vector<double> a, Vector<double> b) => a;

        public static double Of(double a, double b) => a;
    }

    /// <summary>a * b.</summary>
    public readonly struct Product : ITerm
    {
        public static Vector<double> Of(Vector<double> a, Vector<double> b) => a * b;

        public static double Of(double a, double b) => a * b;
    }

    /// <summary>(a - b)^2.</summary>
    public readonly struct SquaredDifference : ITerm
    {
        public static Vector<double> Of(Vector<double> a, Vector<double> b) => (a - b) * (a - b);

        public static double Of(double a, double b) => (a - b) * (a - b);
    }
}
