using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Micro-kernels for 32 registers of 512 bits: 8 rows of up to three vectors, 24 sums in registers.</summary>
/// <remarks>One method per width: the compiler keeps each sum in a register only when it is a local of its own.</remarks>
internal static unsafe class TileKernel512<T> where T : unmanaged
{
    public const int Rows = 8;

    public static int Lanes => Vector512<T>.Count;

    /// <summary>Computes a tile of 8 rows and <paramref name="vectors"/> (1 to 3) vectors of columns.</summary>
    public static void Run(Tile<T>* tile, int vectors)
    {
        if (vectors == 3) Run3(tile);
        else if (vectors == 2) Run2(tile);
        else Run1(tile);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Run3(Tile<T>* tile)
    {
        Vector512<T> c00 = default, c01 = default, c02 = default;
        Vector512<T> c10 = default, c11 = default, c12 = default;
        Vector512<T> c20 = default, c21 = default, c22 = default;
        Vector512<T> c30 = default, c31 = default, c32 = default;
        Vector512<T> c40 = default, c41 = default, c42 = default;
        Vector512<T> c50 = default, c51 = default, c52 = default;
        Vector512<T> c60 = default, c61 = default, c62 = default;
        Vector512<T> c70 = default, c71 = default, c72 = default;
        nint* rows = tile->RowsA;
        T* a0 = tile->A + rows[0], a1 = tile->A + rows[1], a2 = tile->A + rows[2], a3 = tile->A + rows[3];
        T* a4 = tile->A + rows[4], a5 = tile->A + rows[5], a6 = tile->A + rows[6], a7 = tile->A + rows[7];
        nint strideA = tile->StrideA, strideB = tile->StrideB;
        for (int run = 0; run < tile->Runs; run++)
        {
            nint k = tile->RunsA[run];
            T* b = tile->B + tile->RunsB[run];
            for (int step = tile->Length; step > 0; step--)
            {
                Vector512<T> b0 = Vector512.Load(b), b1 = Vector512.Load(b + Lanes), b2 = Vector512.Load(b + 2 * Lanes);
                Vector512<T> x0 = Vector512.Create(a0[k]);
                c00 = MultiplyAdd(x0, b0, c00); c01 = MultiplyAdd(x0, b1, c01); c02 = MultiplyAdd(x0, b2, c02);
                Vector512<T> x1 = Vector512.Create(a1[k]);
                c10 = MultiplyAdd(x1, b0, c10); c11 = MultiplyAdd(x1, b1, c11); c12 = MultiplyAdd(x1, b2, c12);
                Vector512<T> x2 = Vector512.Create(a2[k]);
                c20 = MultiplyAdd(x2, b0, c20); c21 = MultiplyAdd(x2, b1, c21); c22 = MultiplyAdd(x2, b2, c22);
                Vector512<T> x3 = Vector512.Create(a3[k]);
                c30 = MultiplyAdd(x3, b0, c30); c31 = MultiplyAdd(x3, b1, c31); c32 = MultiplyAdd(x3, b2, c32);
                Vector512<T> x4 = Vector512.Create(a4[k]);
                c40 = MultiplyAdd(x4, b0, c40); c41 = MultiplyAdd(x4, b1, c41); c42 = MultiplyAdd(x4, b2, c42);
                Vector512<T> x5 = Vector512.Create(a5[k]);
                c50 = MultiplyAdd(x5, b0, c50); c51 = MultiplyAdd(x5, b1, c51); c52 = MultiplyAdd(x5, b2, c52);
                Vector512<T> x6 = Vector512.Create(a6[k]);
                c60 = MultiplyAdd(x6, b0, c60); c61 = MultiplyAdd(x6, b1, c61); c62 = MultiplyAdd(x6, b2, c62);
                Vector512<T> x7 = Vector512.Create(a7[k]);
                c70 = MultiplyAdd(x7, b0, c70); c71 = MultiplyAdd(x7, b1, c71); c72 = MultiplyAdd(x7, b2, c72);
                k += strideA;
                b += strideB;
            }
        }
        Store(tile, 0, c00, c01, c02);
        Store(tile, 1, c10, c11, c12);
        Store(tile, 2, c20, c21, c22);
        Store(tile, 3, c30, c31, c32);
        Store(tile, 4, c40, c41, c42);
        Store(tile, 5, c50, c51, c52);
        Store(tile, 6, c60, c61, c62);
        Store(tile, 7, c70, c71, c72);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Run2(Tile<T>* tile)
    {
        Vector512<T> c00 = default, c01 = default;
        Vector512<T> c10 = default, c11 = default;
        Vector512<T> c20 = default, c21 = default;
        Vector512<T> c30 = default, c31 = default;
        Vector512<T> c40 = default, c41 = default;
        Vector512<T> c50 = default, c51 = default;
        Vector512<T> c60 = default, c61 = default;
        Vector512<T> c70 = default, c71 = default;
        nint* rows = tile->RowsA;
        T* a0 = tile->A + rows[0], a1 = tile->A + rows[1], a2 = tile->A + rows[2], a3 = tile->A + rows[3];
        T* a4 = tile->A + rows[4], a5 = tile->A + rows[5], a6 = tile->A + rows[6], a7 = tile->A + rows[7];
        nint strideA = tile->StrideA, strideB = tile->StrideB;
        for (int run = 0; run < tile->Runs; run++)
        {
            nint k = tile->RunsA[run];
            T* b = tile->B + tile->RunsB[run];
            for (int step = tile->Length; step > 0; step--)
            {
                Vector512<T> b0 = Vector512.Load(b), b1 = Vector512.Load(b + Lanes);
                Vector512<T> x0 = Vector512.Create(a0[k]);
                c00 = MultiplyAdd(x0, b0, c00); c01 = MultiplyAdd(x0, b1, c01);
                Vector512<T> x1 = Vector512.Create(a1[k]);
                c10 = MultiplyAdd(x1, b0, c10); c11 = MultiplyAdd(x1, b1, c11);
                Vector512<T> x2 = Vector512.Create(a2[k]);
                c20 = MultiplyAdd(x2, b0, c20); c21 = MultiplyAdd(x2, b1, c21);
                Vector512<T> x3 = Vector512.Create(a3[k]);
                c30 = MultiplyAdd(x3, b0, c30); c31 = MultiplyAdd(x3, b1, c31);
                Vector512<T> x4 = Vector512.Create(a4[k]);
                c40 = MultiplyAdd(x4, b0, c40); c41 = MultiplyAdd(x4, b1, c41);
                Vector512<T> x5 = Vector512.Create(a5[k]);
                c50 = MultiplyAdd(x5, b0, c50); c51 = MultiplyAdd(x5, b1, c51);
                Vector512<T> x6 = Vector512.Create(a6[k]);
                c60 = MultiplyAdd(x6, b0, c60); c61 = MultiplyAdd(x6, b1, c61);
                Vector512<T> x7 = Vector512.Create(a7[k]);
                c70 = MultiplyAdd(x7, b0, c70); c71 = MultiplyAdd(x7, b1, c71);
                k += strideA;
                b += strideB;
            }
        }
        Store(tile, 0, c00, c01);
        Store(tile, 1, c10, c11);
        Store(tile, 2, c20, c21);
        Store(tile, 3, c30, c31);
        Store(tile, 4, c40, c41);
        Store(tile, 5, c50, c51);
        Store(tile, 6, c60, c61);
        Store(tile, 7, c70, c71);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Run1(Tile<T>* tile)
    {
        Vector512<T> c00 = default;
        Vector512<T> c10 = default;
        Vector512<T> c20 = default;
        Vector512<T> c30 = default;
        Vector512<T> c40 = default;
        Vector512<T> c50 = default;
        Vector512<T> c60 = default;
        Vector512<T> c70 = default;
        nint* rows = tile->RowsA;
        T* a0 = tile->A + rows[0], a1 = tile->A + rows[1], a2 = tile->A + rows[2], a3 = tile->A + rows[3];
        T* a4 = tile->A + rows[4], a5 = tile->A + rows[5], a6 = tile->A + rows[6], a7 = tile->A + rows[7];
        nint strideA = tile->StrideA, strideB = tile->StrideB;
        for (int run = 0; run < tile->Runs; run++)
        {
            nint k = tile->RunsA[run];
            T* b = tile->B + tile->RunsB[run];
            for (int step = tile->Length; step > 0; step--)
            {
                Vector512<T> b0 = Vector512.Load(b);
                Vector512<T> x0 = Vector512.Create(a0[k]);
                c00 = MultiplyAdd(x0, b0, c00);
                Vector512<T> x1 = Vector512.Create(a1[k]);
                c10 = MultiplyAdd(x1, b0, c10);
                Vector512<T> x2 = Vector512.Create(a2[k]);
                c20 = MultiplyAdd(x2, b0, c20);
                Vector512<T> x3 = Vector512.Create(a3[k]);
                c30 = MultiplyAdd(x3, b0, c30);
                Vector512<T> x4 = Vector512.Create(a4[k]);
                c40 = MultiplyAdd(x4, b0, c40);
                Vector512<T> x5 = Vector512.Create(a5[k]);
                c50 = MultiplyAdd(x5, b0, c50);
                Vector512<T> x6 = Vector512.Create(a6[k]);
                c60 = MultiplyAdd(x6, b0, c60);
                Vector512<T> x7 = Vector512.Create(a7[k]);
                c70 = MultiplyAdd(x7, b0, c70);
                k += strideA;
                b += strideB;
            }
        }
        Store(tile, 0, c00);
        Store(tile, 1, c10);
        Store(tile, 2, c20);
        Store(tile, 3, c30);
        Store(tile, 4, c40);
        Store(tile, 5, c50);
        Store(tile, 6, c60);
        Store(tile, 7, c70);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Tile<T>* tile, int row, Vector512<T> c0, Vector512<T> c1, Vector512<T> c2)
    {
        T* c = tile->C + row * tile->StrideC;
        if (tile->Accumulate)
        {
            c0 += Vector512.Load(c);
            c1 += Vector512.Load(c + Lanes);
            c2 += Vector512.Load(c + 2 * Lanes);
        }
        c0.Store(c);
        c1.Store(c + Lanes);
        c2.Store(c + 2 * Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Tile<T>* tile, int row, Vector512<T> c0, Vector512<T> c1)
    {
        T* c = tile->C + row * tile->StrideC;
        if (tile->Accumulate)
        {
            c0 += Vector512.Load(c);
            c1 += Vector512.Load(c + Lanes);
        }
        c0.Store(c);
        c1.Store(c + Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Tile<T>* tile, int row, Vector512<T> c0)
    {
        T* c = tile->C + row * tile->StrideC;
        if (tile->Accumulate)
        {
            c0 += Vector512.Load(c);
        }
        c0.Store(c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> MultiplyAdd(Vector512<T> x, Vector512<T> y, Vector512<T> sum) => typeof(T) == typeof(float)
        ? Vector512.FusedMultiplyAdd(x.AsSingle(), y.AsSingle(), sum.AsSingle()).As<float, T>()
        : Vector512.FusedMultiplyAdd(x.AsDouble(), y.AsDouble(), sum.AsDouble()).As<double, T>();
}
