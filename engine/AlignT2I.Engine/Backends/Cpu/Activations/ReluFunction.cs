using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>max(x, 0); its derivative is 0 at 0.</summary>
internal readonly struct ReluFunction : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Forward(Vector512<float> x) => Vector512.Max(x, Vector512<float>.Zero);

    public static double Forward(double x) => Math.Max(x, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Derivative(Vector512<float> y) =>
        Vector512.GreaterThan(y, Vector512<float>.Zero) & Vector512<float>.One;

    public static double Derivative(double y) => y > 0 ? 1 : 0;
}
