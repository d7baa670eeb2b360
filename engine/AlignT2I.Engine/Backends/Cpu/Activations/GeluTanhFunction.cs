using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>x (1 + tanh u) / 2 with u = sqrt(2/pi) (x + 0.044715 x³).</summary>
internal readonly struct GeluTanhFunction : IActivation
{
    const double Rate = 0.79788456080286535588;
    const double Cubic = 0.044715;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Forward(Vector512<float> x)
    {
        Vector512<float> half = x * 0.5f;
        return Lanes.Fma(half, VectorMath.Tanh(Inner(x)), half);
    }

    public static double Forward(double x) => 0.5 * x * (1 + Math.Tanh(Rate * (x + Cubic * x * x * x)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Derivative(Vector512<float> x)
    {
        Vector512<float> t = VectorMath.Tanh(Inner(x)), half = Vector512.Create(0.5f);
        Vector512<float> slope = Lanes.Fma(x * x, Vector512.Create((float)(3 * Cubic * Rate)), Vector512.Create((float)Rate));
        return Lanes.Fma(half, t, half) + half * x * (Vector512<float>.One - t * t) * slope;
    }

    public static double Derivative(double x)
    {
        double t = Math.Tanh(Rate * (x + Cubic * x * x * x));
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * Rate * (1 + 3 * Cubic * x * x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Inner(Vector512<float> x) =>
        x * Lanes.Fma(x * x, Vector512.Create((float)(Cubic * Rate)), Vector512.Create((float)Rate));
}
