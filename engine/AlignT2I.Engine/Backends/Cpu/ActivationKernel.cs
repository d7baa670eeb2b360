using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>An activation over contiguous elements, on all threads where there are many.</summary>
internal static unsafe class ActivationKernel<TFunction> where TFunction : struct, IActivation
{
    const long ParallelGrain = 1 << 14;

    /// <summary>y = f(x).</summary>
    public static void Forward(float* x, float* y, long n) => CpuThreads.ForRange(n, ParallelGrain, (start, end) =>
    {
        for (long i = start; i < end; i += Vector512<float>.Count)
        {
            int lanes = (int)Math.Min(Vector512<float>.Count, end - i);
            Lanes.Store(TFunction.Forward(Lanes.Load(x + i, lanes)), y + i, lanes);
        }
    });

    /// <inheritdoc cref="Forward(float*, float*, long)"/>
    public static void Forward(double* x, double* y, long n) => CpuThreads.ForRange(n, ParallelGrain, (start, end) =>
    {
        for (long i = start; i < end; i++)
            y[i] = TFunction.Forward(x[i]);
    });

    /// <summary>dx = dy f'.</summary>
    public static void Backward(float* saved, float* dy, float* dx, long n) => CpuThreads.ForRange(n, ParallelGrain, (start, end) =>
    {
        for (long i = start; i < end; i += Vector512<float>.Count)
        {
            int lanes = (int)Math.Min(Vector512<float>.Count, end - i);
            Lanes.Store(Lanes.Load(dy + i, lanes) * TFunction.Derivative(Lanes.Load(saved + i, lanes)), dx + i, lanes);
        }
    });

    /// <inheritdoc cref="Backward(float*, float*, float*, long)"/>
    public static void Backward(double* saved, double* dy, double* dx, long n) => CpuThreads.ForRange(n, ParallelGrain, (start, end) =>
    {
        for (long i = start; i < end; i++)
            dx[i] = dy[i] * TFunction.Derivative(saved[i]);
    });
}
