using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Elementary functions of sixteen floats at once. The polynomials are minimax fits made for this file.</summary>
internal static class VectorMath
{
    /// <summary>e^x of floats or doubles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Exp<T>(Vector512<T> x) where T : unmanaged =>
        typeof(T) == typeof(float) ? Exp(x.AsSingle()).As<float, T>() : Vector512.Exp(x.AsDouble()).As<double, T>();

    /// <summary>2^x of floats or doubles, for x up to 127.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> PowerOfTwo<T>(Vector512<T> x) where T : unmanaged => typeof(T) == typeof(float)
        ? PowerOfTwo(x.AsSingle()).As<float, T>()
        : Vector512.Exp(x.AsDouble() * Math.Log(2)).As<double, T>();

    /// <summary>Natural logarithm of floats or doubles.</summary>
    public static Vector512<T> Log<T>(Vector512<T> x) where T : unmanaged => typeof(T) == typeof(float)
        ? Vector512.Log(x.AsSingle()).As<float, T>()
        : Vector512.Log(x.AsDouble()).As<double, T>();

    /// <summary>1 / (1 + e^-x) of floats, within 2.6 units in the last place from -87 on, or doubles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Sigmoid<T>(Vector512<T> x) where T : unmanaged => Vector512<T>.One / (Vector512<T>.One + Exp(-x));

    /// <summary>s = 1 / (1 + e^-x) of floats or doubles, and its derivative s (1 - s) without cancellation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Sigmoid<T>(Vector512<T> x, out Vector512<T> slope) where T : unmanaged
    {
        Vector512<T> e = Exp(-Vector512.Abs(x)), near = Vector512<T>.One / (Vector512<T>.One + e), far = e * near;
        slope = near * far;
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<T>.Zero), far, near);
    }

    /// <summary>e^x within 1.1 units in the last place; 0 below -104, infinity above 88.73, NaN of NaN.</summary>
    /// <remarks>e^x = 2^n e^r with |r| ≤ ln(2)/2, and e^r = 1 + r + r² p(r), p of degree 4: relative error 3e-9 before rounding.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        // x is the second operand: that is what MinNative and MaxNative return where it is not a number.
        x = Vector512.MinNative(Vector512.Create(89f), Vector512.MaxNative(Vector512.Create(-105f), x));
        Vector512<float> n = Vector512.Round(x * 1.442695041f);
        Vector512<float> r = Lanes.Fma(n, Vector512.Create(-0.693359375f), x);
        r = Lanes.Fma(n, Vector512.Create(2.12194440e-4f), r);
        Vector512<float> p = Vector512.Create(0.00138146008f);
        p = Lanes.Fma(p, r, Vector512.Create(0.00836871682f));
        p = Lanes.Fma(p, r, Vector512.Create(0.0416683880f));
        p = Lanes.Fma(p, r, Vector512.Create(0.166665206f));
        p = Lanes.Fma(p, r, Vector512.Create(0.499999934f));
        p = Lanes.Fma(p, r * r, r) + Vector512<float>.One;
        return Scale(p, n);
    }

    /// <summary>Hyperbolic tangent within 1.4 units in the last place; NaN of NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tanh(Vector512<float> x)
    {
        Vector512<float> square = x * x;
        Vector512<float> p = Vector512.Create(-0.00571750429f);
        p = Lanes.Fma(p, square, Vector512.Create(0.0206510513f));
        p = Lanes.Fma(p, square, Vector512.Create(-0.0537436637f));
        p = Lanes.Fma(p, square, Vector512.Create(0.133314937f));
        p = Lanes.Fma(p, square, Vector512.Create(-0.333332840f));
        Vector512<float> small = Lanes.Fma(p, square * x, x);
        Vector512<float> size = Vector512.Abs(x);
        Vector512<float> large = Vector512<float>.One - Vector512.Create(2f) / (Exp(size + size) + Vector512<float>.One);
        return Vector512.ConditionalSelect(Vector512.LessThan(size, Vector512.Create(0.625f)), small, Vector512.CopySign(large, x));
    }

    /// <summary>
    /// Cumulative normal distribution Φ(x) = (1 + erf(x / sqrt 2)) / 2 within 6.5e-8: in units in the last place within 1.2 where x is
    /// positive, within 4, 40 and 3100 down to -1.4, -5 and -9; 0 from there on. NaN of NaN.
    /// </summary>
    /// <remarks>Φ(-t) = 2^(t q(t) - 1), q of degree 11 in two chains: relative error 1e-8 (1 + 5 t²) before rounding.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> NormalCumulative(Vector512<float> x)
    {
        Vector512<float> end = Vector512.Create(9f), size = Vector512.MinNative(end, Vector512.Abs(x)), square = size * size;
        Vector512<float> even = Vector512.Create(4.81502216e-09f);
        even = Lanes.Fma(even, square, Vector512.Create(1.66375332e-06f));
        even = Lanes.Fma(even, square, Vector512.Create(8.83734465e-05f));
        even = Lanes.Fma(even, square, Vector512.Create(1.0884316e-05f));
        even = Lanes.Fma(even, square, Vector512.Create(-0.0524545126f));
        even = Lanes.Fma(even, square, Vector512.Create(-1.15110493f));
        Vector512<float> odd = Vector512.Create(-8.73019296e-11f);
        odd = Lanes.Fma(odd, square, Vector512.Create(-1.17413798e-07f));
        odd = Lanes.Fma(odd, square, Vector512.Create(-1.5058089e-05f));
        odd = Lanes.Fma(odd, square, Vector512.Create(-0.000298286468f));
        odd = Lanes.Fma(odd, square, Vector512.Create(0.00695428206f));
        odd = Lanes.Fma(odd, square, Vector512.Create(-0.459215015f));
        Vector512<float> q = Lanes.Fma(odd, size, even);

        // The rest is taken from the product itself: only the polynomial is rounded, not the exponent.
        Vector512<float> n = Vector512.Round(Lanes.Fma(q, size, -Vector512<float>.One));
        Vector512<float> rest = Lanes.Fma(q, size, -Vector512<float>.One - n);
        n = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(size, end), Vector512.Create(-200f), n);
        Vector512<float> tail = PowerOfTwo(n, rest);
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), tail, Vector512<float>.One - tail);
    }

    /// <summary>Density of the normal distribution e^(-x²/2) / sqrt(2 pi) within 6e-8; NaN of NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> NormalDensity(Vector512<float> x) =>
        PowerOfTwo(Lanes.Fma(x * x, Vector512.Create(-0.721347520f), Vector512.Create(-1.32574806f)));

    /// <summary>2^x within 1.02 units in the last place for x up to 127; 0 from -150 down, NaN of NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> PowerOfTwo(Vector512<float> x)
    {
        x = Vector512.MaxNative(Vector512.Create(-150f), x);
        Vector512<float> n = Vector512.Round(x);
        return PowerOfTwo(n, x - n);
    }

    /// <summary>2^(n + r) for whole n and |r| ≤ 1/2: 2^r = 1 + r p(r), p of degree 5, relative error 3e-9 before rounding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> PowerOfTwo(Vector512<float> n, Vector512<float> r)
    {
        Vector512<float> p = Vector512.Create(1.55946778e-4f);
        p = Lanes.Fma(p, r, Vector512.Create(0.00134066434f));
        p = Lanes.Fma(p, r, Vector512.Create(0.00961769279f));
        p = Lanes.Fma(p, r, Vector512.Create(0.0555031039f));
        p = Lanes.Fma(p, r, Vector512.Create(0.240226522f));
        p = Lanes.Fma(p, r, Vector512.Create(0.693147242f));
        p = Lanes.Fma(p, r, Vector512<float>.One);
        return Scale(p, n);
    }

    /// <summary>p * 2^n for whole n, with gradual underflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Scale(Vector512<float> p, Vector512<float> n)
    {
        if (Avx512F.IsSupported)
            return Avx512F.Scale(p, n);
        Vector512<int> power = Vector512.ConvertToInt32(n), half = power >> 1;
        return p * WholePower(half) * WholePower(power - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> WholePower(Vector512<int> n) => ((n + Vector512.Create(127)) << 23).AsSingle();
}
