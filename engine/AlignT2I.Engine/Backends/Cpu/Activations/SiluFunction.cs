using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>x s(x) with s the sigmoid; the derivative is s + x s (1 - s).</summary>
internal readonly struct SiluFunction : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Forward(Vector512<float> x) => x / (Vector512<float>.One + VectorMath.Exp(-x));

    public static double Forward(double x) => x / (1 + Math.Exp(-x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Derivative(Vector512<float> x)
    {
        Vector512<float> s = VectorMath.Sigmoid(x, out Vector512<float> slope);
        return Lanes.Fma(x, slope, s);
    }

    public static double Derivative(double x)
    {
        double s = 1 / (1 + Math.Exp(-x));
        return s * (1 + x * (1 - s));
    }
}
