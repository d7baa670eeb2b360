using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>x s(1.702 x) with s the sigmoid.</summary>
internal readonly struct QuickGeluFunction : IActivation
{
    const float Slope = 1.702f;
    const double PreciseSlope = 1.702;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Forward(Vector512<float> x) => x / (Vector512<float>.One + VectorMath.Exp(x * -Slope));

    public static double Forward(double x) => x / (1 + Math.Exp(-PreciseSlope * x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Derivative(Vector512<float> x)
    {
        Vector512<float> z = x * Slope, s = VectorMath.Sigmoid(z, out Vector512<float> slope);
        return Lanes.Fma(z, slope, s);
    }

    public static double Derivative(double x)
    {
        double z = PreciseSlope * x, s = 1 / (1 + Math.Exp(-z));
        return s * (1 + z * (1 - s));
    }
}
