using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>x Φ(x) with Φ(x) = (1 + erf(x / sqrt 2)) / 2, the normal distribution; its density is φ(x) = e^(-x²/2) / sqrt(2 pi).</summary>
internal readonly struct GeluFunction : IActivation
{
    const double InverseSqrtTwoPi = 0.39894228040143267794;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Forward(Vector512<float> x) => x * VectorMath.NormalCumulative(x);

    public static double Forward(double x) => x * ErrorFunction.NormalCumulative(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Derivative(Vector512<float> x) => Both(x).Derivative;

    public static double Derivative(double x) => ErrorFunction.NormalCumulative(x) + x * Math.Exp(-0.5 * x * x) * InverseSqrtTwoPi;

    /// <summary>The function and its derivative, whose dearest part they share.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Value, Vector512<float> Derivative) Both(Vector512<float> x)
    {
        Vector512<float> cumulative = VectorMath.NormalCumulative(x);
        return (x * cumulative, Lanes.Fma(x, VectorMath.NormalDensity(x), cumulative));
    }
}
