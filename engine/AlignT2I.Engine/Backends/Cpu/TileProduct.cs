using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>
/// Product of small matrices that lie in the first-level cache: c[r, j] = Σ_k a[r, k] * b[k, j], or added to c.
/// The columns j are whole vectors; a is read one element at a time with any strides, so neither it nor its transpose needs packing.
/// </summary>
internal static unsafe class TileProduct<T> where T : unmanaged
{
    /// <summary>c (+)= a b.</summary>
    /// <param name="a">[rows, depth]: element (r, k) at r * rowStride + k * depthStride.</param>
    /// <param name="rowStride">Distance of a's rows.</param>
    /// <param name="depthStride">Distance of a's columns.</param>
    /// <param name="b">[depth, vectors * lanes], rows <paramref name="bStride"/> apart.</param>
    /// <param name="bStride">Distance of b's rows.</param>
    /// <param name="c">[rows, vectors * lanes], rows <paramref name="cStride"/> apart.</param>
    /// <param name="cStride">Distance of c's rows.</param>
    /// <param name="rows">Rows of a and c.</param>
    /// <param name="depth">Columns of a, rows of b.</param>
    /// <param name="vectors">Width of b and c in vectors.</param>
    /// <param name="add">Adds to c instead of overwriting it.</param>
    public static void Run(
        T* a, nint rowStride, nint depthStride, T* b, nint bStride, T* c, nint cStride, int rows, int depth, int vectors, bool add)
    {
        int done = 0;
        for (; done + 4 <= vectors; done += 4, b += 4 * Vector512<T>.Count, c += 4 * Vector512<T>.Count)
        {
            int r = 0;
            for (; r + 4 <= rows; r += 4)
                Four(a + r * rowStride, rowStride, depthStride, b, bStride, c + r * cStride, cStride, depth, add);
            for (; r < rows; r++)
                OneByFour(a + r * rowStride, depthStride, b, bStride, c + r * cStride, depth, add);
        }

        for (; done < vectors; done++, b += Vector512<T>.Count, c += Vector512<T>.Count)
        {
            int r = 0;
            for (; r + 8 <= rows; r += 8)
                EightByOne(a + r * rowStride, rowStride, depthStride, b, bStride, c + r * cStride, cStride, depth, add);
            for (; r + 4 <= rows; r += 4)
                FourByOne(a + r * rowStride, rowStride, depthStride, b, bStride, c + r * cStride, cStride, depth, add);
            for (; r < rows; r++)
                One(a + r * rowStride, depthStride, b, bStride, c + r * cStride, depth, add);
        }
    }

    static void Four(T* a, nint rowStride, nint depthStride, T* b, nint bStride, T* c, nint cStride, int depth, bool add)
    {
        Vector512<T> c00 = default, c01 = default, c02 = default, c03 = default;
        Vector512<T> c10 = default, c11 = default, c12 = default, c13 = default;
        Vector512<T> c20 = default, c21 = default, c22 = default, c23 = default;
        Vector512<T> c30 = default, c31 = default, c32 = default, c33 = default;
        T* a1 = a + rowStride, a2 = a1 + rowStride, a3 = a2 + rowStride;
        nint at = 0;
        for (int k = 0; k < depth; k++, at += depthStride, b += bStride)
        {
            Vector512<T> b0 = Vector512.Load(b), b1 = Vector512.Load(b + Vector512<T>.Count);
            Vector512<T> b2 = Vector512.Load(b + 2 * Vector512<T>.Count), b3 = Vector512.Load(b + 3 * Vector512<T>.Count);
            Vector512<T> s = Vector512.Create(a[at]);
            (c00, c01, c02, c03) = (Lanes.Fma(s, b0, c00), Lanes.Fma(s, b1, c01), Lanes.Fma(s, b2, c02), Lanes.Fma(s, b3, c03));
            s = Vector512.Create(a1[at]);
            (c10, c11, c12, c13) = (Lanes.Fma(s, b0, c10), Lanes.Fma(s, b1, c11), Lanes.Fma(s, b2, c12), Lanes.Fma(s, b3, c13));
            s = Vector512.Create(a2[at]);
            (c20, c21, c22, c23) = (Lanes.Fma(s, b0, c20), Lanes.Fma(s, b1, c21), Lanes.Fma(s, b2, c22), Lanes.Fma(s, b3, c23));
            s = Vector512.Create(a3[at]);
            (c30, c31, c32, c33) = (Lanes.Fma(s, b0, c30), Lanes.Fma(s, b1, c31), Lanes.Fma(s, b2, c32), Lanes.Fma(s, b3, c33));
        }

        Store(c, c00, c01, c02, c03, add);
        Store(c + cStride, c10, c11, c12, c13, add);
        Store(c + 2 * cStride, c20, c21, c22, c23, add);
        Store(c + 3 * cStride, c30, c31, c32, c33, add);
    }

    static void OneByFour(T* a, nint depthStride, T* b, nint bStride, T* c, int depth, bool add)
    {
        Vector512<T> c0 = default, c1 = default, c2 = default, c3 = default;
        for (int k = 0; k < depth; k++, a += depthStride, b += bStride)
        {
            Vector512<T> s = Vector512.Create(*a);
            c0 = Lanes.Fma(s, Vector512.Load(b), c0);
            c1 = Lanes.Fma(s, Vector512.Load(b + Vector512<T>.Count), c1);
            c2 = Lanes.Fma(s, Vector512.Load(b + 2 * Vector512<T>.Count), c2);
            c3 = Lanes.Fma(s, Vector512.Load(b + 3 * Vector512<T>.Count), c3);
        }

        Store(c, c0, c1, c2, c3, add);
    }

    static void EightByOne(T* a, nint rowStride, nint depthStride, T* b, nint bStride, T* c, nint cStride, int depth, bool add)
    {
        Vector512<T> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        T* a4 = a + 4 * rowStride;
        nint row2 = 2 * rowStride, row3 = 3 * rowStride;
        for (int k = 0; k < depth; k++, a += depthStride, a4 += depthStride, b += bStride)
        {
            Vector512<T> v = Vector512.Load(b);
            c0 = Lanes.Fma(Vector512.Create(a[0]), v, c0);
            c1 = Lanes.Fma(Vector512.Create(a[rowStride]), v, c1);
            c2 = Lanes.Fma(Vector512.Create(a[row2]), v, c2);
            c3 = Lanes.Fma(Vector512.Create(a[row3]), v, c3);
            c4 = Lanes.Fma(Vector512.Create(a4[0]), v, c4);
            c5 = Lanes.Fma(Vector512.Create(a4[rowStride]), v, c5);
            c6 = Lanes.Fma(Vector512.Create(a4[row2]), v, c6);
            c7 = Lanes.Fma(Vector512.Create(a4[row3]), v, c7);
        }

        StoreColumn(c, cStride, c0, c1, c2, c3, add);
        StoreColumn(c + 4 * cStride, cStride, c4, c5, c6, c7, add);
    }

    static void FourByOne(T* a, nint rowStride, nint depthStride, T* b, nint bStride, T* c, nint cStride, int depth, bool add)
    {
        Vector512<T> c0 = default, c1 = default, c2 = default, c3 = default;
        nint row2 = 2 * rowStride, row3 = 3 * rowStride;
        for (int k = 0; k < depth; k++, a += depthStride, b += bStride)
        {
            Vector512<T> v = Vector512.Load(b);
            c0 = Lanes.Fma(Vector512.Create(a[0]), v, c0);
            c1 = Lanes.Fma(Vector512.Create(a[rowStride]), v, c1);
            c2 = Lanes.Fma(Vector512.Create(a[row2]), v, c2);
            c3 = Lanes.Fma(Vector512.Create(a[row3]), v, c3);
        }

        StoreColumn(c, cStride, c0, c1, c2, c3, add);
    }

    static void One(T* a, nint depthStride, T* b, nint bStride, T* c, int depth, bool add)
    {
        Vector512<T> sum = default;
        for (int k = 0; k < depth; k++, a += depthStride, b += bStride)
            sum = Lanes.Fma(Vector512.Create(*a), Vector512.Load(b), sum);
        Store(c, sum, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(T* c, Vector512<T> c0, Vector512<T> c1, Vector512<T> c2, Vector512<T> c3, bool add)
    {
        Store(c, c0, add);
        Store(c + Vector512<T>.Count, c1, add);
        Store(c + 2 * Vector512<T>.Count, c2, add);
        Store(c + 3 * Vector512<T>.Count, c3, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreColumn(T* c, nint stride, Vector512<T> c0, Vector512<T> c1, Vector512<T> c2, Vector512<T> c3, bool add)
    {
        Store(c, c0, add);
        Store(c + stride, c1, add);
        Store(c + 2 * stride, c2, add);
        Store(c + 3 * stride, c3, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(T* c, Vector512<T> value, bool add) => (add ? Vector512.Load(c) + value : value).Store(c);
}
