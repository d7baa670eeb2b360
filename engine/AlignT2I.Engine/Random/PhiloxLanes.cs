using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AlignT2I.Engine;

/// <summary>
/// Sixteen blocks of Philox at once, and the float32 values made of their words. Every operation is rounded once and the same
/// everywhere, so that Kernels/random.cu, which does the same operations, gives the same bits on a GPU.
/// </summary>
internal static class PhiloxLanes
{
    const int Lanes = 16, WordsPerBlock = 4, ValuesPerRound = Lanes * WordsPerBlock;

    static readonly Vector512<uint> laneNumbers = Vector512.Create(0u, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

    /// <summary>Uniform values in [0, 1), multiples of 2^-24: value i from word i mod 4 of block i / 4 after the state's.</summary>
    public static void Uniform(PhiloxState state, Span<float> values) => Fill<UniformPair>(state, values);

    /// <summary>Standard normal values: values i and i + 1, i even, from words i mod 4 and i mod 4 + 1 of block i / 4.</summary>
    public static void Normal(PhiloxState state, Span<float> values) => Fill<NormalPair>(state, values);

    /// <summary>Two values of each lane from two words.</summary>
    interface IPair
    {
        static abstract (Vector512<float> First, Vector512<float> Second) Of(Vector512<uint> first, Vector512<uint> second);
    }

    static void Fill<TPair>(PhiloxState state, Span<float> values) where TPair : struct, IPair
    {
        for (; values.Length >= ValuesPerRound; values = values[ValuesPerRound..], state = state with { Counter = state.Counter + Lanes })
            Round<TPair>(state, values);
        if (values.Length == 0)
            return;
        Span<float> last = stackalloc float[ValuesPerRound];
        Round<TPair>(state, last);
        last[..values.Length].CopyTo(values);
    }

    /// <summary>The values of sixteen blocks.</summary>
    static void Round<TPair>(PhiloxState state, Span<float> values) where TPair : struct, IPair
    {
        (Vector512<uint> x, Vector512<uint> y, Vector512<uint> z, Vector512<uint> w) = Blocks(state);
        (Vector512<float> a, Vector512<float> b) = TPair.Of(x, y);
        (Vector512<float> c, Vector512<float> d) = TPair.Of(z, w);
        Span<ulong> pairs = MemoryMarshal.Cast<float, ulong>(values), planes = stackalloc ulong[2 * Lanes];
        Interleave(a, b, planes);
        Interleave(c, d, planes[Lanes..]);
        for (int lane = 0; lane < Lanes; lane++)
            (pairs[2 * lane], pairs[2 * lane + 1]) = (planes[lane], planes[Lanes + lane]);
    }

    /// <summary>a0 b0 a1 b1 ...</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Interleave(Vector512<float> a, Vector512<float> b, Span<ulong> pairs)
    {
        (Vector512<ulong> low, Vector512<ulong> high) = Vector512.Widen(a.AsUInt32());
        (Vector512<ulong> lowB, Vector512<ulong> highB) = Vector512.Widen(b.AsUInt32());
        (low | lowB << 32).CopyTo(pairs);
        (high | highB << 32).CopyTo(pairs[Vector512<ulong>.Count..]);
    }

    /// <summary>Ten rounds on the counters from the state's on (<see cref="Philox.Block"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<uint> X, Vector512<uint> Y, Vector512<uint> Z, Vector512<uint> W) Blocks(PhiloxState state)
    {
        Vector512<uint> x = Vector512.Create((uint)state.Counter) + laneNumbers;
        Vector512<uint> carry = Vector512.LessThan(x, laneNumbers);     // all bits, which is -1
        Vector512<uint> y = Vector512.Create((uint)(state.Counter >> 32)) - carry;
        Vector512<uint> z = Vector512.Create((uint)state.Stream), w = Vector512.Create((uint)(state.Stream >> 32));
        uint key0 = (uint)state.Seed, key1 = (uint)(state.Seed >> 32);
        for (int round = 0; round < Philox.Rounds; round++)
        {
            (Vector512<uint> pHigh, Vector512<uint> pLow) = Product(x, Philox.Multiplier0);
            (Vector512<uint> qHigh, Vector512<uint> qLow) = Product(z, Philox.Multiplier1);
            (x, y, z, w) = (qHigh ^ y ^ Vector512.Create(key0), qLow, pHigh ^ w ^ Vector512.Create(key1), pLow);
            key0 += Philox.KeyStep0;
            key1 += Philox.KeyStep1;
        }
        return (x, y, z, w);
    }

    /// <summary>Upper and lower half of the 64-bit products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<uint> High, Vector512<uint> Low) Product(Vector512<uint> a, uint factor)
    {
        Vector512<ulong> wide = a.AsUInt64(), lower = Vector512.Create((ulong)uint.MaxValue), upper = ~lower;
        Vector512<ulong> even = WordProduct(wide & lower, factor), odd = WordProduct(wide >>> 32, factor);
        return ((even >>> 32 | odd & upper).AsUInt32(), (even & lower | odd << 32).AsUInt32());
    }

    /// <summary>Products of numbers below 2^32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<ulong> WordProduct(Vector512<ulong> a, ulong factor) => Avx512F.IsSupported
        ? Avx512F.Multiply(a.AsUInt32(), Vector512.Create(factor).AsUInt32())
        : a * Vector512.Create(factor);

    readonly struct UniformPair : IPair
    {
        public static (Vector512<float> First, Vector512<float> Second) Of(Vector512<uint> first, Vector512<uint> second) =>
            (Of(first), Of(second));

        static Vector512<float> Of(Vector512<uint> word) =>
            Vector512.ConvertToSingle((word >>> 8).AsInt32()) * Vector512.Create(1f / (1 << 24));
    }

    /// <summary>
    /// Box and Muller 1958: radius sqrt(-2 ln u), u = (first + 1) / 2^32, at the angle of 2 pi (second / 2^8) / 2^24. Within 2.5e-7 of
    /// the exact values; the polynomials are minimax fits made for this file.
    /// </summary>
    readonly struct NormalPair : IPair
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static (Vector512<float> First, Vector512<float> Second) Of(Vector512<uint> first, Vector512<uint> second)
        {
            Vector512<float> radius = Radius(first);
            (Vector512<float> sin, Vector512<float> cos) = SinCos(second >>> 8);
            return (radius * cos, radius * sin);
        }

        /// <summary>ln u = k ln 2 + ln m, m from sqrt(1/2) to sqrt(2), f = m - 1: ln m = f + f² (f p(f) - 1/2).</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector512<float> Radius(Vector512<uint> word)
        {
            Vector512<float> high = Vector512.ConvertToSingle((word >>> 16).AsInt32());
            Vector512<float> low = Vector512.ConvertToSingle((word & Vector512.Create(0xFFFFu)).AsInt32());
            Vector512<float> u = Fma(high, 1f / (1 << 16), Fma(low, 1f / 4294967296, Vector512.Create(1f / 4294967296)));
            Vector512<int> bits = u.AsInt32() - Vector512.Create(RootHalf);
            Vector512<float> k = Vector512.ConvertToSingle(bits >> 23);
            Vector512<float> m = ((bits & Vector512.Create(0x7FFFFF)) + Vector512.Create(RootHalf)).AsSingle();
            Vector512<float> f = m - Vector512<float>.One;
            Vector512<float> p = Vector512.Create(-0.0790274367f);
            p = Fma(p, f, 0.126223192f);
            p = Fma(p, f, -0.129981831f);
            p = Fma(p, f, 0.142144963f);
            p = Fma(p, f, -0.166412815f);
            p = Fma(p, f, 0.200010449f);
            p = Fma(p, f, -0.25000307f);
            p = Fma(p, f, 0.333333313f);
            p = Fma(p, f, -0.5f);
            Vector512<float> logarithm = Fma(k, 0.693147182f, Vector512.FusedMultiplyAdd(p, f * f, f));
            return Vector512.Sqrt(logarithm * Vector512.Create(-2f));
        }

        /// <summary>Of 2 pi angle / 2^24: angle / 2^22 = quadrant + r, |r| at most 1/2; sin and cos of pi/2 r are polynomials.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static (Vector512<float> Sin, Vector512<float> Cos) SinCos(Vector512<uint> angle)
        {
            Vector512<uint> quadrant = angle + Vector512.Create(1u << 21) >>> 22;
            Vector512<float> r = Vector512.ConvertToSingle((angle - (quadrant << 22)).AsInt32()) * Vector512.Create(1f / (1 << 22));
            Vector512<float> square = r * r;
            Vector512<float> p = Vector512.Create(-0.00462196674f);
            p = Fma(p, square, 0.0796870291f);
            p = Fma(p, square, -0.645964026f);
            p = Fma(p, square, -4.37113883e-08f);       // with the next constant, pi/2 to twice the digits
            Vector512<float> sin = Fma(r, 1.57079637f, p * r);
            p = Vector512.Create(0.000906739908f);
            p = Fma(p, square, -0.0208615288f);
            p = Fma(p, square, 0.253669411f);
            p = Fma(p, square, -1.23370051f);
            Vector512<float> cos = Fma(p, square, 1f);

            Vector512<float> odd = Vector512.Equals(quadrant & Vector512<uint>.One, Vector512<uint>.One).AsSingle();
            Vector512<uint> sinSign = quadrant << 30 & Vector512.Create(1u << 31);
            Vector512<uint> cosSign = quadrant + Vector512<uint>.One << 30 & Vector512.Create(1u << 31);
            return (
                (Vector512.ConditionalSelect(odd, cos, sin).AsUInt32() ^ sinSign).AsSingle(),
                (Vector512.ConditionalSelect(odd, sin, cos).AsUInt32() ^ cosSign).AsSingle());
        }

        /// <summary>Bits of the greatest float below the square root of 1/2.</summary>
        const int RootHalf = 0x3F3504F3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector512<float> Fma(Vector512<float> a, float b, Vector512<float> c) =>
            Vector512.FusedMultiplyAdd(a, Vector512.Create(b), c);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector512<float> Fma(Vector512<float> a, Vector512<float> b, float c) =>
            Vector512.FusedMultiplyAdd(a, b, Vector512.Create(c));
    }
}
