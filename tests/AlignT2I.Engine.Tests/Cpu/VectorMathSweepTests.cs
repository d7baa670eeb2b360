using System.Runtime.Intrinsics;
using AlignT2I.Engine.Backends.Cpu;

namespace AlignT2I.Engine.Tests.Cpu;

/// <summary>Elementary functions over the floats of their range, by bits: the bound that each states, and that it is not slack.</summary>
public class VectorMathSweepTests
{
    /// <summary>One float in so many is looked at; primes, so that every pattern of low bits comes up.</summary>
    const int Stride = 4099, SlowStride = 31;

    static readonly (string Name, Func<Vector512<float>, Vector512<float>> Function, Func<double, double> Exact)[] functions =
    [
        ("Exp", VectorMath.Exp, Math.Exp),
        ("PowerOfTwo", VectorMath.PowerOfTwo, double.Exp2),
        ("Sigmoid", VectorMath.Sigmoid, x => 1 / (1 + Math.Exp(-x))),
        ("Tanh", VectorMath.Tanh, Math.Tanh),
        ("Log", LogFunction.Forward, Math.Log),
        ("NormalCumulative", VectorMath.NormalCumulative, ErrorFunction.NormalCumulative),
    ];

    static IEnumerable<TestCaseData> Ranges =>
    [
        new("Exp", -104f, 88.72f, 1.1),
        new("PowerOfTwo", -149f, 127.99f, 1.02),
        new("Sigmoid", -87f, float.MaxValue, 2.6),
        new("Tanh", -float.MaxValue, float.MaxValue, 1.4),
        new("Log", float.Epsilon, float.MaxValue, 2.5),
        new("NormalCumulative", 0f, float.MaxValue, 1.2),
        new("NormalCumulative", -1.4f, 0f, 4),
        new("NormalCumulative", -5f, -1.4f, 40),
        new("NormalCumulative", -8.999f, -5f, 3100),
    ];

    [TestCaseSource(nameof(Ranges))]
    public void Error_over_the_range(string name, float low, float high, double bound) => Sweep(name, low, high, bound, Stride);

    [TestCaseSource(nameof(Ranges)), Category("Slow")]
    public void Error_over_the_range_at_140_million_floats(string name, float low, float high, double bound) =>
        Sweep(name, low, high, bound, SlowStride);

    /// <summary>The largest error in units in the last place is below the bound, and above a third of it
    /// where there are vectors.</summary>
    static void Sweep(string name, float low, float high, double bound, int stride)
    {
        (_, Func<Vector512<float>, Vector512<float>> function, Func<double, double> exact) = functions.Single(f => f.Name == name);
        const int blocks = 1 << 10;
        uint blockSize = (BitConverter.SingleToUInt32Bits(float.PositiveInfinity) + blocks - 1) / blocks;
        double[] worst = new double[2 * blocks];
        Parallel.For(0, worst.Length, block =>
        {
            uint sign = block % 2 == 0 ? 0 : 0x8000_0000, start = (uint)(block / 2) * blockSize;
            uint first = (start + (uint)stride - 1) / (uint)stride * (uint)stride;
            for (uint bits = first; bits < start + blockSize; bits += (uint)stride * 16)
            {
                Vector512<float> x = Vector512.Create(float.NaN);
                for (int lane = 0; lane < 16 && bits + (long)lane * stride < start + blockSize; lane++)
                    x = x.WithElement(lane, BitConverter.UInt32BitsToSingle((bits + (uint)(lane * stride)) | sign));
                if (sign == 0 ? x[0] > high : x[0] < low) continue;     // and so are the others
                Vector512<float> y = function(x);
                for (int lane = 0; lane < 16; lane++)
                {
                    if (!(x[lane] >= low && x[lane] <= high)) continue;
                    double expected = exact(x[lane]), error = Math.Abs(y[lane] - expected) / Ulp(expected);
                    worst[block] = error <= worst[block] ? worst[block] : error;
                }
            }
        });
        Assert.That(worst.Max(), Is.LessThan(bound), $"{name} from {low} to {high}");
        Assert.That(worst, Has.None.NaN);
        // Without vectors the runtime's logarithm is the C library's, which is closer than any bound of vectors.
        if (Vector128.IsHardwareAccelerated)
            Assert.That(worst.Max(), Is.GreaterThan(bound / 3), $"{name} from {low} to {high}: its bound is slack");
    }

    static double Ulp(double value) => Math.ScaleB(1, Math.Max(-126, value == 0 ? -126 : Math.ILogB(value)) - 23);
}
