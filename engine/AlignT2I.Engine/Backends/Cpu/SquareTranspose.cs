using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Transposes matrices, of floats by squares of 8 x 8 in registers of 256 bits.</summary>
internal static unsafe class SquareTranspose
{
    const int Size = 8;

    /// <summary>to[j, i] = from[i, j]; rows are <paramref name="strideFrom"/> and <paramref name="strideTo"/> apart.</summary>
    /// <param name="from">[rows, columns].</param>
    /// <param name="strideFrom">Distance of its rows.</param>
    /// <param name="rows">Rows of <paramref name="from"/>.</param>
    /// <param name="columns">Columns of <paramref name="from"/>.</param>
    /// <param name="to">[columns, rows].</param>
    /// <param name="strideTo">Distance of its rows.</param>
    public static void Copy<T>(T* from, nint strideFrom, int rows, int columns, T* to, nint strideTo) where T : unmanaged
    {
        bool squares = typeof(T) == typeof(float) && Avx.IsSupported;
        int wholeRows = squares ? rows / Size * Size : 0, wholeColumns = squares ? columns / Size * Size : 0;
        for (int i = 0; i < wholeRows; i += Size)
        {
            for (int j = 0; j < wholeColumns; j += Size)
                Square((float*)(from + i * strideFrom + j), strideFrom, (float*)(to + j * strideTo + i), strideTo);
        }

        Each(from + wholeColumns, strideFrom, wholeRows, columns - wholeColumns, to + wholeColumns * strideTo, strideTo);
        Each(from + wholeRows * strideFrom, strideFrom, rows - wholeRows, columns, to + wholeRows, strideTo);
    }

    static void Each<T>(T* from, nint strideFrom, int rows, int columns, T* to, nint strideTo) where T : unmanaged
    {
        for (int j = 0; j < columns; j++)
        {
            for (int i = 0; i < rows; i++) to[j * strideTo + i] = from[i * strideFrom + j];
        }
    }

    static void Square(float* from, nint strideFrom, float* to, nint strideTo)
    {
        (Vector256<float> a0, Vector256<float> a1, Vector256<float> a2, Vector256<float> a3) = Half(from, strideFrom);
        (Vector256<float> b0, Vector256<float> b1, Vector256<float> b2, Vector256<float> b3) = Half(from + 4 * strideFrom, strideFrom);
        Avx.Permute2x128(a0, b0, 0x20).Store(to);
        Avx.Permute2x128(a1, b1, 0x20).Store(to + strideTo);
        Avx.Permute2x128(a2, b2, 0x20).Store(to + 2 * strideTo);
        Avx.Permute2x128(a3, b3, 0x20).Store(to + 3 * strideTo);
        to += 4 * strideTo;
        Avx.Permute2x128(a0, b0, 0x31).Store(to);
        Avx.Permute2x128(a1, b1, 0x31).Store(to + strideTo);
        Avx.Permute2x128(a2, b2, 0x31).Store(to + 2 * strideTo);
        Avx.Permute2x128(a3, b3, 0x31).Store(to + 3 * strideTo);
    }

    /// <summary>Four rows of 8 as four columns of 4: columns 0 .. 3 in the lower halves, 4 .. 7 in the upper.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector256<float>, Vector256<float>, Vector256<float>, Vector256<float>) Half(float* from, nint stride)
    {
        Vector256<float> r0 = Vector256.Load(from), r1 = Vector256.Load(from + stride);
        Vector256<float> r2 = Vector256.Load(from + 2 * stride), r3 = Vector256.Load(from + 3 * stride);
        Vector256<float> low01 = Avx.UnpackLow(r0, r1), high01 = Avx.UnpackHigh(r0, r1);
        Vector256<float> low23 = Avx.UnpackLow(r2, r3), high23 = Avx.UnpackHigh(r2, r3);
        return (
            Avx.Shuffle(low01, low23, 0x44), Avx.Shuffle(low01, low23, 0xEE),
            Avx.Shuffle(high01, high23, 0x44), Avx.Shuffle(high01, high23, 0xEE));
    }
}
