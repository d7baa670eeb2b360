using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlignT2I.Bench;

/// <summary>The machine's limit of arithmetic: float32 multiply-adds in registers, enough at a time to hide their latency.</summary>
internal sealed class MultiplyAddPeak : BenchCase
{
    const int Steps = 1 << 24;
    const float Half = 0.5f, One = 1;

    /// <summary>Elements that one thread's chains have together.</summary>
    static readonly int elements = Vector512.IsHardwareAccelerated ? 16 * Vector512<float>.Count : 12 * Vector<float>.Count;

    readonly float[] sums = new float[Stopclock.Threads];

    public override string Name => "peak_fma";

    public override int Batch => 1;

    public override double Gflop => 2e-9 * sums.Length * (double)Steps * elements;

    /// <summary>On threads of its own: it measures the machine, not the engine.</summary>
    public override void Run()
    {
        Func<float> chains = Vector512.IsHardwareAccelerated ? WideChains : NarrowChains;
        Thread[] threads = [.. Enumerable.Range(0, sums.Length).Select(i => new Thread(() => sums[i] = chains()))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
    }

    /// <summary>x = x / 2 + 1 ends at 2, to the last bit.</summary>
    public override bool Check() => sums.All(sum => sum == 2 * elements);

    public override void Dispose()
    {
    }

    /// <summary>Sixteen chains in 32 registers of 512 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float WideChains()
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
        return Vector512.Sum((a + b) + (c + d) + (e + f) + (g + h) + (i + j) + (k + l) + (m + n) + (o + p));
    }

    /// <summary>Twelve chains in 16 registers of the machine's width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float NarrowChains()
    {
        Vector<float> a, b, c, d, e, f, g, h, i, j, k, l;
        a = b = c = d = e = f = g = h = i = j = k = l = Vector<float>.Zero;
        Vector<float> half = Vector.Create(Half), one = Vector.Create(One);
        for (int step = 0; step < Steps; step++)
        {
            a = Vector.FusedMultiplyAdd(a, half, one);
            b = Vector.FusedMultiplyAdd(b, half, one);
            c = Vector.FusedMultiplyAdd(c, half, one);
            d = Vector.FusedMultiplyAdd(d, half, one);
            e = Vector.FusedMultiplyAdd(e, half, one);
            f = Vector.FusedMultiplyAdd(f, half, one);
            g = Vector.FusedMultiplyAdd(g, half, one);
            h = Vector.FusedMultiplyAdd(h, half, one);
            i = Vector.FusedMultiplyAdd(i, half, one);
            j = Vector.FusedMultiplyAdd(j, half, one);
            k = Vector.FusedMultiplyAdd(k, half, one);
            l = Vector.FusedMultiplyAdd(l, half, one);
        }
        return Vector.Sum((a + b) + (c + d) + (e + f) + (g + h) + (i + j) + (k + l));
    }
}
