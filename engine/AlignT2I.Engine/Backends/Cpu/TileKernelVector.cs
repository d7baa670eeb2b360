using System.Numerics;
using System.Runtime.CompilerServices;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Micro-kernels for 16 registers of the machine's vector width (256 bits on AVX2): 4 rows of up to three vectors.</summary>
internal static unsafe class TileKernelVector<T> where T : unmanaged
{
    public const int Rows = 4;

    public static int Lanes => Vector<T>.Count;

    /// <summary>Computes a tile of 4 rows and <paramref name="vectors"/> (1 to 3) vectors of columns.</summary>
    public static void Run(Tile<T>* tile, int vectors)
    {
        if (vectors == 3) Run3(tile);
        else if (vectors == 2) Run2(tile);
        else Run1(tile);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Run3(Tile<T>* tile)
    {
        Vector<T> c00 = default, c01 = default, c02 = default;
        Vector<T> c10 = default, c11 = default, c12 = default;
        Vector<T> c20 = default, c21 = default, c22 = default;
        Vector<T> c30 = default, c31 = default, c32 = default;
        nint* rows = tile->RowsA;
        T* a0 = tile->A + rows[0], a1 = tile->A + rows[1], a2 = tile->A + rows[2], a3 = tile->A + rows[3];
        nint strideA = tile->StrideA, strideB = tile->StrideB;
        for (int run = 0; run < tile->Runs; run++)
        {
            nint k = tile->RunsA[run];
            T* b = tile->B + tile->RunsB[run];
            for (int step = tile->Length; step > 0; step--)
            {
                Vector<T> b0 = Vector.Load(b), b1 = Vector.Load(b + Lanes), b2 = Vector.Load(b + 2 * Lanes);
                Vector<T> x0 = Vector.Create(a0[k]);
                c00 = MultiplyAdd(x0, b0, c00); c01 = MultiplyAdd(x0, b1, c01); c02 = MultiplyAdd(x0, b2, c02);
                Vector<T> x1 = Vector.Create(a1[k]);
                c10 = MultiplyAdd(x1, b0, c10); c11 = MultiplyAdd(x1, b1, c11); c12 = MultiplyAdd(x1, b2, c12);
                Vector<T> x2 = Vector.Create(a2[k]);
                c20 = MultiplyAdd(x2, b0, c20); c21 = MultiplyAdd(x2, b1, c21); c22 = MultiplyAdd(x2, b2, c22);
                Vector<T> x3 = Vector.Create(a3[k]);
                c30 = MultiplyAdd(x3, b0, c30); c31 = MultiplyAdd(x3, b1, c31); c32 = MultiplyAdd(x3, b2, c32);
                k += strideA;
                b += strideB;
            }
        }
        Store(tile, 0, c00, c01, c02);
        Store(tile, 1, c10, c11, c12);
        Store(tile, 2, c20, c21, c22);
        Store(tile, 3, c30, c31, c32);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Run2(Tile<T>* tile)
    {
        Vector<T> c00 = default, c01 = default;
        Vector<T> c10 = default, c11 = default;
        Vector<T> c20 = default, c21 = default;
        Vector<T> c30 = default, c31 = default;
        nint* rows = tile->RowsA;
        T* a0 = tile->A + rows[0], a1 = tile->A + rows[1], a2 = tile->A + rows[2], a3 = tile->A + rows[3];
        nint strideA = tile->StrideA, strideB = tile->StrideB;
        for (int run = 0; run < tile->Runs; run++)
        {
            nint k = tile->RunsA[run];
            T* b = tile->B + tile->RunsB[run];
            for (int step = tile->Length; step > 0; step--)
            {
                Vector<T> b0 = Vector.Load(b), b1 = Vector.Load(b + Lanes);
                Vector<T> x0 = Vector.Create(a0[k]);
                c00 = MultiplyAdd(x0, b0, c00); c01 = MultiplyAdd(x0, b1, c01);
                Vector<T> x1 = Vector.Create(a1[k]);
                c10 = MultiplyAdd(x1, b0, c10); c11 = MultiplyAdd(x1, b1, c11);
                Vector<T> x2 = Vector.Create(a2[k]);
                c20 = MultiplyAdd(x2, b0, c20); c21 = MultiplyAdd(x2, b1, c21);
                Vector<T> x3 = Vector.Create(a3[k]);
                c30 = MultiplyAdd(x3, b0, c30); c31 = MultiplyAdd(x3, b1, c31);
                k += strideA;
                b += strideB;
            }
        }
        Store(tile, 0, c00, c01);
        Store(tile, 1, c10, c11);
        Store(tile, 2, c20, c21);
        Store(tile, 3, c30, c31);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Run1(Tile<T>* tile)
    {
        Vector<T> c00 = default;
        Vector<T> c10 = default;
        Vector<T> c20 = default;
        Vector<T> c30 = default;
        nint* rows = tile->RowsA;
        T* a0 = tile->A + rows[0], a1 = tile->A + rows[1], a2 = tile->A + rows[2], a3 = tile->A + rows[3];
        nint strideA = tile->StrideA, strideB = tile->StrideB;
        for (int run = 0; run < tile->Runs; run++)
        {
            nint k = tile->RunsA[run];
            T* b = tile->B + tile->RunsB[run];
            for (int step = tile->Length; step > 0; step--)
            {
                Vector<T> b0 = Vector.Load(b);
                Vector<T> x0 = Vector.Create(a0[k]);
                c00 = MultiplyAdd(x0, b0, c00);
                Vector<T> x1 = Vector.Create(a1[k]);
                c10 = MultiplyAdd(x1, b0, c10);
                Vector<T> x2 = Vector.Create(a2[k]);
                c20 = MultiplyAdd(x2, b0, c20);
                Vector<T> x3 = Vector.Create(a3[k]);
                c30 = MultiplyAdd(x3, b0, c30);
                k += strideA;
                b += strideB;
            }
        }
        Store(tile, 0, c00);
        Store(tile, 1, c10);
        Store(tile, 2, c20);
        Store(tile, 3, c30);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Tile<T>* tile, int row, Vector<T> c0, Vector<T> c1, Vector<T> c2)
    {
        T* c = tile->C + row * tile->StrideC;
        if (tile->Accumulate)
        {
            c0 += Vector.Load(c);
            c1 += Vector.Load(c + Lanes);
            c2 += Vector.Load(c + 2 * Lanes);
        }
        c0.Store(c);
        c1.Store(c + Lanes);
        c2.Store(c + 2 * Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Tile<T>* tile, int row, Vector<T> c0, Vector<T> c1)
    {
        T* c = tile->C + row * tile->StrideC;
        if (tile->Accumulate)
        {
            c0 += Vector.Load(c);
            c1 += Vector.Load(c + Lanes);
        }
        c0.Store(c);
        c1.Store(c + Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Tile<T>* tile, int row, Vector<T> c0)
    {
        T* c = tile->C + row * tile->StrideC;
        if (tile->Accumulate)
        {
            c0 += Vector.Load(c);
        }
        c0.Store(c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<T> MultiplyAdd(Vector<T> x, Vector<T> y, Vector<T> sum) => typeof(T) == typeof(float)
        ? Vector.MultiplyAddEstimate(x.As<T, float>(), y.As<T, float>(), sum.As<T, float>()).As<float, T>()
        : Vector.MultiplyAddEstimate(x.As<T, double>(), y.As<T, double>(), sum.As<T, double>()).As<double, T>();
}
