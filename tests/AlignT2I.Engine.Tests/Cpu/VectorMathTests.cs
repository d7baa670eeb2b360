using System.Runtime.Intrinsics;
using AlignT2I.Engine.Backends.Cpu;

namespace AlignT2I.Engine.Tests.Cpu;

public class VectorMathTests
{
    [Test]
    public void Exp_underflows_gradually()
    {
        foreach (float x in Grid(-110f, -87f, 10_000))
            Assert.That(One(VectorMath.Exp, x), Is.EqualTo(Math.Exp(x)).Within(2 * Math.ScaleB(1, -149)), $"e^{x}");
    }

    [TestCase(float.NegativeInfinity, 0)]
    [TestCase(-1000, 0)]
    [TestCase(0, 1)]
    [TestCase(88.73f, float.PositiveInfinity)]
    [TestCase(1e30f, float.PositiveInfinity)]
    [TestCase(float.PositiveInfinity, float.PositiveInfinity)]
    [TestCase(float.NaN, float.NaN)]
    public void Exp_at_the_ends(float x, float expected) => Assert.That(One(VectorMath.Exp, x), Is.EqualTo(expected));

    [TestCase(1001)]
    [TestCase(1, Category = "Slow")]
    public void Power_of_two_is_within_1_02_units_in_the_last_place_for_every_float(int step)
    {
        // -0 to minus infinity by their bits, then 0 to 127.
        Assert.That(Worst(0x8000_0000, 0xFF80_0000), Is.LessThan(1.02).And.GreaterThan(0.5));
        Assert.That(Worst(0, BitConverter.SingleToUInt32Bits(127)), Is.LessThan(1.02).And.GreaterThan(0.5));

        double Worst(long first, long last)
        {
            const int pieces = 64;
            double[] worst = new double[pieces];
            Parallel.For(0, pieces, piece =>
            {
                long from = first + (last - first) * piece / pieces, to = first + (last - first) * (piece + 1) / pieces;
                Vector512<uint> lanes = Vector512<uint>.Indices * (uint)step;
                Vector512<double> largest = default;
                for (long bits = from; bits <= to; bits += 16L * step)
                {
                    Vector512<float> x = Vector512.Min(Vector512.Create((uint)bits) + lanes, Vector512.Create((uint)to)).AsSingle();
                    Vector512<float> found = VectorMath.PowerOfTwo(x);
                    largest = Vector512.Max(largest, Error(Vector512.WidenLower(x), Vector512.WidenLower(found)));
                    largest = Vector512.Max(largest, Error(Vector512.WidenUpper(x), Vector512.WidenUpper(found)));
                }

                for (int lane = 0; lane < Vector512<double>.Count; lane++)
                    worst[piece] = Math.Max(worst[piece], largest[lane]);
            });
            return worst.Max();
        }

        static Vector512<double> Error(Vector512<double> x, Vector512<double> found)
        {
            Vector512<double> exact = Vector512.Exp(Vector512.Max(x, Vector512.Create(-1000.0)) * Math.Log(2));
            Vector512<double> power = (exact.AsInt64() & Vector512.Create(0x7FF0_0000_0000_0000)).AsDouble();
            return Vector512.Abs(found - exact) / (Vector512.Max(power, Vector512.Create(Math.ScaleB(1, -126))) * Math.ScaleB(1, -23));
        }
    }

    [TestCase(float.NegativeInfinity, 0)]
    [TestCase(-1e30f, 0)]
    [TestCase(-150, 0)]
    [TestCase(-149, 1.4e-45f)]
    [TestCase(-1, 0.5f)]
    [TestCase(0, 1)]
    [TestCase(127, 1.7014118e38f)]
    [TestCase(float.NaN, float.NaN)]
    public void Power_of_two_at_the_ends(float x, float expected) => Assert.That(One(VectorMath.PowerOfTwo, x), Is.EqualTo(expected));

    [Test]
    public void Cumulative_normal_is_within_6_5e_8()
    {
        foreach (float x in Grid(-9.5f, 9, 200_000))
            Assert.That(One(VectorMath.NormalCumulative, x), Is.EqualTo(ErrorFunction.NormalCumulative(x)).Within(6.5e-8), $"at {x}");
    }

    [Test]
    public void Density_of_the_normal_distribution_is_within_6e_8()
    {
        foreach (float x in Grid(-15, 15, 200_000))
        {
            double exact = Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);
            Assert.That(One(VectorMath.NormalDensity, x), Is.EqualTo(exact).Within(6e-8), $"at {x}");
        }
    }

    [Test]
    public void Cumulative_normal_of_no_number()
    {
        Assert.That(One(VectorMath.NormalCumulative, float.NaN), Is.NaN);
        Assert.That(ErrorFunction.NormalCumulative(double.NaN), Is.NaN);
    }

    [TestCase(-20f)]
    [TestCase(-1e9f)]
    [TestCase(-1e30f)]
    public void Cumulative_normal_vanishes_far_left(float x) => Assert.That(One(VectorMath.NormalCumulative, x), Is.Zero);

    // Abramowitz and Stegun 26.2.17's table and the asymptotic series 26.2.12, rounded to double.
    [TestCase(0, 0.5)]
    [TestCase(1, 0.84134474606854293)]
    [TestCase(-1, 0.15865525393145705)]
    [TestCase(-3, 0.0013498980316300945)]
    [TestCase(-5, 2.8665157187919391e-7)]
    [TestCase(-9, 1.1285884059538406e-19)]
    [TestCase(double.PositiveInfinity, 1)]
    public void Cumulative_normal_of_doubles(double x, double expected) =>
        Assert.That(ErrorFunction.NormalCumulative(x), Is.EqualTo(expected).Within(1e-12 * expected));

    // Abramowitz and Stegun 7.1.5 and 7.1.14 in forty digits, rounded to double.
    [TestCase(0, 0)]
    [TestCase(0.1, 0.11246291601828490)]
    [TestCase(0.5, 0.52049987781304654)]
    [TestCase(1, 0.84270079294971487)]
    [TestCase(2, 0.99532226501895273)]
    [TestCase(2.5, 0.99959304798255504)]
    [TestCase(3, 0.99997790950300141)]
    [TestCase(-1, -0.84270079294971487)]
    [TestCase(7, 1)]
    [TestCase(double.NegativeInfinity, -1)]
    [TestCase(double.NaN, double.NaN)]
    public void Erf_of_doubles(double x, double expected) => Assert.That(ErrorFunction.Erf(x), Is.EqualTo(expected).Within(4e-16));

    [Test]
    public void Erf_of_doubles_has_the_gaussian_as_derivative()
    {
        const double step = 1e-4;
        for (double x = -4; x <= 4; x += 0.03125)
        {
            double slope = (8 * (ErrorFunction.Erf(x + step) - ErrorFunction.Erf(x - step))
                - (ErrorFunction.Erf(x + 2 * step) - ErrorFunction.Erf(x - 2 * step))) / (12 * step);
            Assert.That(slope, Is.EqualTo(2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x)).Within(1e-11), $"erf'({x})");
        }
    }

    static float One(Func<Vector512<float>, Vector512<float>> function, float x) => function(Vector512.Create(x))[0];

    static IEnumerable<float> Grid(float low, float high, int count) =>
        Enumerable.Range(0, count + 1).Select(i => (float)(low + ((double)high - low) * i / count));
}
