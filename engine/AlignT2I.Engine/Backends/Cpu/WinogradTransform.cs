using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>The transforms of F(2 x 2, 3 x 3), small matrices from both sides, and the adjoints of two; channels in the lanes.</summary>
/// <remarks>Lavin &amp; Gray 2016, arXiv:1509.09308, section 4.1. Products are numbered row by row, 0 to 15.</remarks>
internal static unsafe class WinogradTransform
{
    static int Lanes => Vector512<float>.Count;

    /// <summary>v = B^T d B for <paramref name="channels"/> channels.</summary>
    /// <param name="pixels">First channel of each of the 4 x 4 pixels of d, column by column.</param>
    /// <param name="channels">Channels to transform.</param>
    /// <param name="v">First channel of product 0; whole vectors are written.</param>
    /// <param name="stride">Elements between products.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Source(float** pixels, int channels, float* v, nint stride)
    {
        int c = 0;
        for (; c + Lanes <= channels; c += Lanes) Source(pixels, c, Lanes, v + c, stride);
        if (c < channels) Source(pixels, c, channels - c, v + c, stride);
    }

    /// <summary>u = G g G^T for up to a vector of channels.</summary>
    /// <param name="weight">First channel of position 0 of the kernel.</param>
    /// <param name="step">Elements between positions; negative to turn the kernel, with position 8 first.</param>
    /// <param name="count">Channels there are; zeros beyond.</param>
    /// <param name="u">First channel of product 0.</param>
    /// <param name="stride">Elements between products.</param>
    /// <param name="room">Channels that may be written.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weight(float* weight, nint step, int count, float* u, nint stride, int room)
    {
        (Vector512<float> t00, Vector512<float> t10, Vector512<float> t20, Vector512<float> t30) =
            WeightLine(Load(weight, count), Load(weight + 3 * step, count), Load(weight + 6 * step, count));
        (Vector512<float> t01, Vector512<float> t11, Vector512<float> t21, Vector512<float> t31) =
            WeightLine(Load(weight + step, count), Load(weight + 4 * step, count), Load(weight + 7 * step, count));
        (Vector512<float> t02, Vector512<float> t12, Vector512<float> t22, Vector512<float> t32) =
            WeightLine(Load(weight + 2 * step, count), Load(weight + 5 * step, count), Load(weight + 8 * step, count));
        StoreWeightRow(t00, t01, t02, u, stride, room);
        StoreWeightRow(t10, t11, t12, u + 4 * stride, stride, room);
        StoreWeightRow(t20, t21, t22, u + 8 * stride, stride, room);
        StoreWeightRow(t30, t31, t32, u + 12 * stride, stride, room);
    }

    /// <summary>The 2 x 2 results A^T m A of a vector of channels.</summary>
    /// <param name="m">First channel of product 0.</param>
    /// <param name="stride">Elements between products.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Y00, Vector512<float> Y01, Vector512<float> Y10, Vector512<float> Y11) Result(float* m, nint stride)
    {
        (Vector512<float> s00, Vector512<float> s10) = ResultColumn(m, stride);
        (Vector512<float> s01, Vector512<float> s11) = ResultColumn(m + stride, stride);
        (Vector512<float> s02, Vector512<float> s12) = ResultColumn(m + 2 * stride, stride);
        (Vector512<float> s03, Vector512<float> s13) = ResultColumn(m + 3 * stride, stride);
        return (s00 + s01 + s02, s01 - s02 - s03, s10 + s11 + s12, s11 - s12 - s13);
    }

    /// <summary>m = A dy A^T for <paramref name="channels"/> channels: the adjoint of <see cref="Result"/>.</summary>
    /// <param name="pixels">First channel of each of the 2 x 2 pixels of dy, column by column.</param>
    /// <param name="channels">Channels to transform.</param>
    /// <param name="m">First channel of product 0; whole vectors are written.</param>
    /// <param name="stride">Elements between products.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ResultGradient(float** pixels, int channels, float* m, nint stride)
    {
        int c = 0;
        for (; c + Lanes <= channels; c += Lanes) ResultGradient(pixels, c, Lanes, m + c, stride);
        if (c < channels) ResultGradient(pixels, c, channels - c, m + c, stride);
    }

    /// <summary>The 3 x 3 gradients G^T u G of a vector of channels: the adjoint of <see cref="Weight"/>.</summary>
    /// <param name="u">First channel of product 0.</param>
    /// <param name="stride">Elements between products.</param>
    /// <param name="weight">First channel of position 0 of the kernel.</param>
    /// <param name="step">Elements between positions.</param>
    /// <param name="count">Channels that are written.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradient(float* u, nint stride, float* weight, nint step, int count)
    {
        (Vector512<float> t00, Vector512<float> t10, Vector512<float> t20) = WeightGradientColumn(u, stride);
        (Vector512<float> t01, Vector512<float> t11, Vector512<float> t21) = WeightGradientColumn(u + stride, stride);
        (Vector512<float> t02, Vector512<float> t12, Vector512<float> t22) = WeightGradientColumn(u + 2 * stride, stride);
        (Vector512<float> t03, Vector512<float> t13, Vector512<float> t23) = WeightGradientColumn(u + 3 * stride, stride);
        StoreWeightGradientRow(t00, t01, t02, t03, weight, step, count);
        StoreWeightGradientRow(t10, t11, t12, t13, weight + 3 * step, step, count);
        StoreWeightGradientRow(t20, t21, t22, t23, weight + 6 * step, step, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Source(float** pixels, int c, int count, float* v, nint stride)
    {
        (Vector512<float> t00, Vector512<float> t10, Vector512<float> t20, Vector512<float> t30) = SourceColumn(pixels, c, count);
        (Vector512<float> t01, Vector512<float> t11, Vector512<float> t21, Vector512<float> t31) = SourceColumn(pixels + 4, c, count);
        (Vector512<float> t02, Vector512<float> t12, Vector512<float> t22, Vector512<float> t32) = SourceColumn(pixels + 8, c, count);
        (Vector512<float> t03, Vector512<float> t13, Vector512<float> t23, Vector512<float> t33) = SourceColumn(pixels + 12, c, count);
        StoreSourceRow(t00, t01, t02, t03, v, stride);
        StoreSourceRow(t10, t11, t12, t13, v + 4 * stride, stride);
        StoreSourceRow(t20, t21, t22, t23, v + 8 * stride, stride);
        StoreSourceRow(t30, t31, t32, t33, v + 12 * stride, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<float>, Vector512<float>, Vector512<float>, Vector512<float>) SourceColumn(float** pixels, int c, int count)
    {
        Vector512<float> d0 = Load(pixels[0] + c, count), d1 = Load(pixels[1] + c, count);
        Vector512<float> d2 = Load(pixels[2] + c, count), d3 = Load(pixels[3] + c, count);
        return (d0 - d2, d1 + d2, d2 - d1, d1 - d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreSourceRow(
        Vector512<float> t0, Vector512<float> t1, Vector512<float> t2, Vector512<float> t3, float* v, nint stride)
    {
        (t0 - t2).Store(v);
        (t1 + t2).Store(v + stride);
        (t2 - t1).Store(v + 2 * stride);
        (t1 - t3).Store(v + 3 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<float>, Vector512<float>, Vector512<float>, Vector512<float>) WeightLine(
        Vector512<float> g0, Vector512<float> g1, Vector512<float> g2)
    {
        Vector512<float> half = Vector512.Create(0.5f), outer = (g0 + g2) * half, inner = g1 * half;
        return (g0, outer + inner, outer - inner, g2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreWeightRow(Vector512<float> t0, Vector512<float> t1, Vector512<float> t2, float* u, nint stride, int room)
    {
        (Vector512<float> u0, Vector512<float> u1, Vector512<float> u2, Vector512<float> u3) = WeightLine(t0, t1, t2);
        Cpu.Lanes.Store(u0, u, room);
        Cpu.Lanes.Store(u1, u + stride, room);
        Cpu.Lanes.Store(u2, u + 2 * stride, room);
        Cpu.Lanes.Store(u3, u + 3 * stride, room);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<float>, Vector512<float>) ResultColumn(float* m, nint stride)
    {
        Vector512<float> m1 = Vector512.Load(m + 4 * stride), m2 = Vector512.Load(m + 8 * stride);
        return (Vector512.Load(m) + (m1 + m2), m1 - m2 - Vector512.Load(m + 12 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void ResultGradient(float** pixels, int c, int count, float* m, nint stride)
    {
        Vector512<float> d00 = Load(pixels[0] + c, count), d10 = Load(pixels[1] + c, count);
        Vector512<float> d01 = Load(pixels[2] + c, count), d11 = Load(pixels[3] + c, count);
        StoreResultGradientRow(d00, d01, m, stride);
        StoreResultGradientRow(d00 + d10, d01 + d11, m + 4 * stride, stride);
        StoreResultGradientRow(d00 - d10, d01 - d11, m + 8 * stride, stride);
        StoreResultGradientRow(-d10, -d11, m + 12 * stride, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreResultGradientRow(Vector512<float> d0, Vector512<float> d1, float* m, nint stride)
    {
        d0.Store(m);
        (d0 + d1).Store(m + stride);
        (d0 - d1).Store(m + 2 * stride);
        (-d1).Store(m + 3 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<float>, Vector512<float>, Vector512<float>) WeightGradientLine(
        Vector512<float> u0, Vector512<float> u1, Vector512<float> u2, Vector512<float> u3)
    {
        Vector512<float> half = Vector512.Create(0.5f), sum = (u1 + u2) * half;
        return (u0 + sum, (u1 - u2) * half, sum + u3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<float>, Vector512<float>, Vector512<float>) WeightGradientColumn(float* u, nint stride) => WeightGradientLine(
        Vector512.Load(u), Vector512.Load(u + 4 * stride), Vector512.Load(u + 8 * stride), Vector512.Load(u + 12 * stride));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreWeightGradientRow(
        Vector512<float> t0, Vector512<float> t1, Vector512<float> t2, Vector512<float> t3, float* weight, nint step, int count)
    {
        (Vector512<float> g0, Vector512<float> g1, Vector512<float> g2) = WeightGradientLine(t0, t1, t2, t3);
        Cpu.Lanes.Store(g0, weight, count);
        Cpu.Lanes.Store(g1, weight + step, count);
        Cpu.Lanes.Store(g2, weight + 2 * step, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Load(float* from, int count) => Cpu.Lanes.Load(from, count);
}
