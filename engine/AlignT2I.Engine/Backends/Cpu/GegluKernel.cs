using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>y = a gelu(b) of rows x = [a | b] with the exact gelu.</summary>
internal static unsafe class GegluKernel
{
    const int ParallelGrain = 1 << 13;

    /// <summary>Computes y [rows, width] of x [rows, 2 * width].</summary>
    public static void Forward(float* x, float* y, long rows, int width) => ForRows(rows, width, r =>
    {
        float* a = x + 2 * r * width, b = a + width, row = y + r * width;
        for (int c = 0; c < width; c += Vector512<float>.Count)
        {
            int lanes = width - c;
            Lanes.Store(Lanes.LoadAhead(a + c, lanes) * GeluFunction.Forward(Lanes.LoadAhead(b + c, lanes)), row + c, lanes);
        }
    });

    /// <inheritdoc cref="Forward(float*, float*, long, int)"/>
    public static void Forward(double* x, double* y, long rows, int width) => ForRows(rows, width, r =>
    {
        double* a = x + 2 * r * width, b = a + width, row = y + r * width;
        for (int c = 0; c < width; c++)
            row[c] = a[c] * GeluFunction.Forward(b[c]);
    });

    /// <summary>Computes dx = [dy gelu(b) | dy a gelu'(b)] of dy [rows, width].</summary>
    public static void Backward(float* x, float* dy, float* dx, long rows, int width) => ForRows(rows, width, r =>
    {
        float* a = x + 2 * r * width, b = a + width, da = dx + 2 * r * width, db = da + width, row = dy + r * width;
        for (int c = 0; c < width; c += Vector512<float>.Count)
        {
            int lanes = width - c;
            Vector512<float> gate = Lanes.LoadAhead(b + c, lanes), cotangent = Lanes.LoadAhead(row + c, lanes);
            (Vector512<float> value, Vector512<float> slope) = GeluFunction.Both(gate);
            Lanes.Store(cotangent * value, da + c, lanes);
            Lanes.Store(cotangent * Lanes.LoadAhead(a + c, lanes) * slope, db + c, lanes);
        }
    });

    /// <inheritdoc cref="Backward(float*, float*, float*, long, int)"/>
    public static void Backward(double* x, double* dy, double* dx, long rows, int width) => ForRows(rows, width, r =>
    {
        double* a = x + 2 * r * width, b = a + width, da = dx + 2 * r * width, db = da + width, row = dy + r * width;
        for (int c = 0; c < width; c++)
        {
            da[c] = row[c] * GeluFunction.Forward(b[c]);
            db[c] = row[c] * a[c] * GeluFunction.Derivative(b[c]);
        }
    });

    static void ForRows(long rows, int width, Action<long> row) =>
        CpuThreads.ForRange(rows, ParallelGrain / Math.Max(1, width), (start, end) =>
        {
            for (long r = start; r < end; r++)
                row(r);
        });
}
