using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>A function of one element and its derivative: sixteen floats at once, or one double in full precision.</summary>
internal interface IActivation
{
    /// <summary>f(x).</summary>
    static abstract Vector512<float> Forward(Vector512<float> x);

    /// <summary>f(x).</summary>
    static abstract double Forward(double x);

    /// <summary>f'(x), from x; from f(x) where the operation saves that instead.</summary>
    static abstract Vector512<float> Derivative(Vector512<float> saved);

    /// <summary>f'(x), from x; from f(x) where the operation saves that instead.</summary>
    static abstract double Derivative(double saved);
}
