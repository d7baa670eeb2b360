using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlignT2I.Bench;

/// <summary>The machine's limit of arithmetic: float32 multiply-adds in registers, enough at a time to hide their latency.</summary>
internal sealed class MultiplyAddPeak : BenchCase
{
    const int Chains = 16, Steps = 1 << 24;
    const float Half = 0.5f, One = 1;

    readonly float[] sums = new float[Stopclock.Threads];

    public override string Name => "peak_fma";

    public override int Batch => 1;

    public override double Gflop => 2e-9 * sums.Length * (double)Steps * Chains * Vector512<float>.Count;

    /// <summary>On threads of its own: it measures the machine, not the engine.</summary>
    public override void Run()
    {
        Thread[] threads = [.. Enumerable.Range(0, sums.Length).Select(i => new Thread(() => sums[i] = Chain()))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
    }

    /// <summary>x = x / 2 + 1 ends at 2, to the last bit.</summary>
    public override bool Check() => sums.All(sum => sum == 2 * Chains * Vector512<float>.Count);

    public override void Dispose()
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Chain()
    {
        Vector512<float> a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p;
        a = b = c = d = e = f = g = h = i = j = k = l = m = n = o = p = Vector512<float>.Zero;
        Vector512<float> half = Vector512.Create(Half), one = Vector512.Create(One);
        for (int step = 0; step < Steps; step++)
        {
            a = Vector512.FusedMultiplyAdd(a, half, one);
            b = Vector512.FusedMultiplyAdd(b, half, one);
            c = Vector512.FusedMultiplyAdd(c, half, one);
            d = Vector512.FusedMultiplyAdd(d, half, one);
            e = Vector512.FusedMultiplyAdd(e, half, one);
            f = Vector512.FusedMultiplyAdd(f, half, one);
            g = Vector512.FusedMultiplyAdd(g, half, one);
            h = Vector512.FusedMultiplyAdd(h, half, one);
            i = Vector512.FusedMultiplyAdd(i, half, one);
            j = Vector512.FusedMultiplyAdd(j, half, one);
            k = Vector512.FusedMultiplyAdd(k, half, one);
            l = Vector512.FusedMultiplyAdd(l, half, one);
            m = Vector512.FusedMultiplyAdd(m, half, one);
            n = Vector512.FusedMultiplyAdd(n, half, one);
            o = Vector512.FusedMultiplyAdd(o, half, one);
            p = Vector512.FusedMultiplyAdd(p, half, one);
        }
        return Vector512.Sum(((a + b) + (c + d)) + ((e + f) + (g + h)) + (((i + j) + (k + l)) + ((m + n) + (o + p))));
    }
}
