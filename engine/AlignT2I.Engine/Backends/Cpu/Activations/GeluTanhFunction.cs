using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>
/// x (1 + tanh u) / 2 with u = sqrt(2/pi) (x + 0.044715 x³); computed as x s(2 u), s the sigmoid, which is the same and does not
/// cancel.
/// </summary>
internal readonly struct GeluTanhFunction : IActivation
{
    /// <summary>2 sqrt(2/pi).</summary>
    const double Rate = 1.59576912160573071176;
    const double CubicRate = 0.044715 * Rate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Forward(Vector512<float> x) => x / (Vector512<float>.One + VectorMath.Exp(-Twice(x)));

    public static double Forward(double x) => x / (1 + Math.Exp(-x * (Rate + CubicRate * x * x)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Derivative(Vector512<float> x)
    {
        Vector512<float> s = VectorMath.Sigmoid(Twice(x), out Vector512<float> slope);
        Vector512<float> inner = Lanes.Fma(x * x, Vector512.Create((float)(3 * CubicRate)), Vector512.Create((float)Rate));
        return Lanes.Fma(x * slope, inner, s);
    }

    public static double Derivative(double x)
    {
        double s = 1 / (1 + Math.Exp(-x * (Rate + CubicRate * x * x)));
        return s + x * s * (1 - s) * (Rate + 3 * CubicRate * x * x);
    }

    /// <summary>2 u.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Twice(Vector512<float> x) =>
        x * Lanes.Fma(x * x, Vector512.Create((float)CubicRate), Vector512.Create((float)Rate));
}
