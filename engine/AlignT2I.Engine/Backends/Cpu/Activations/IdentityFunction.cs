using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>x itself.</summary>
internal readonly struct IdentityFunction : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Forward(Vector512<float> x) => x;

    public static double Forward(double x) => x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Derivative(Vector512<float> x) => Vector512<float>.One;

    public static double Derivative(double x) => 1;
}
