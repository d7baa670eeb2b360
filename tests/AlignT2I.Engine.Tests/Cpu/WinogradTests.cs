using AlignT2I.Engine.Backends.Cpu;

namespace AlignT2I.Engine.Tests.Cpu;

public unsafe class WinogradTests
{
    const float Guard = 77;

    /// <summary>Largest relative error of one rounding.</summary>
    const double Epsilon = 1.0 / (1 << 24);

    static readonly object[] shapes =
    [
        new ConvolutionShape(1, 1, 1, 3, 2, 3, 3, 1, 1),
        new ConvolutionShape(2, 5, 7, 33, 50, 3, 3, 1, 1),
        new ConvolutionShape(3, 8, 8, 32, 48, 3, 3, 1, 1),
        new ConvolutionShape(1, 33, 40, 17, 64, 3, 3, 1, 1),
        new ConvolutionShape(17, 3, 3, 70, 35, 3, 3, 1, 1),
        new ConvolutionShape(1, 6, 9, 40, 130, 3, 3, 1, 0),
        new ConvolutionShape(1, 5, 6, 34, 49, 3, 3, 1, new Padding2d(2, 0, 1, 3)),
        new ConvolutionShape(1, 4, 5, 32, 32, 3, 3, 1, 4),
        new ConvolutionShape(1, 14, 13, 200, 260, 3, 3, 1, 1),
        new ConvolutionShape(0, 4, 4, 32, 40, 3, 3, 1, 1),
    ];

    [TestCaseSource(nameof(shapes))]
    public void Results_and_data_gradients_match_float64(object shape)
    {
        var s = (ConvolutionShape)shape;
        float[] x = Values(s.N * s.H * s.W * s.C, 1), weight = Values((int)s.WeightCount, 2), bias = Values(s.O, 3);
        float[] dy = Values(s.N * s.OH * s.OW * s.O, 4);
        AssertWithin(s.Depth, Forward(s, x, weight, bias), Exact(s, x, weight, bias));
        AssertWithin(s.KH * s.KW * s.O, BackwardData(s, dy, weight), ExactData(s, dy, weight));
    }

    [TestCase(32), TestCase(128), TestCase(320), TestCase(512), TestCase(1280), TestCase(2560)]
    public void The_error_is_as_the_doc_comment_says(int channels)
    {
        var s = new ConvolutionShape(1, 16, 16, channels, 48, 3, 3, 1, 1);
        float[] x = Values(s.N * s.H * s.W * s.C, 1), weight = Values((int)s.WeightCount, 2), bias = Values(s.O, 3);
        double[] exact = Exact(s, x, weight, bias);
        float[] direct = new float[exact.Length];
        fixed (float* px = x, pw = weight, pb = bias, py = direct)
            Convolution<float>.ForwardDirect(s, px, pw, null, new() { Columns = s.O, Bias = pb }, py);
        double error = Rms(Forward(s, x, weight, bias).AsSpan(1), exact), directError = Rms(direct, exact);
        Assert.That(error, Is.LessThan(5 * Epsilon * Math.Sqrt(s.Depth)).And.LessThan(2 * directError));
    }

    [Test]
    public void An_image_among_others_gives_the_same_bits()
    {
        var one = new ConvolutionShape(1, 20, 20, 64, 96, 3, 3, 1, 1);
        ConvolutionShape many = one with { N = 9 };
        float[] x = Values(one.H * one.W * one.C, 1), weight = Values((int)one.WeightCount, 2), bias = Values(one.O, 3);
        float[] alone = Forward(one, x, weight, bias)[1..^1];
        float[] together = Forward(many, [.. Enumerable.Repeat(x, many.N).SelectMany(v => v)], weight, bias)[1..^1];
        for (int i = 0; i < many.N; i++)
            Assert.That(together.AsSpan(i * alone.Length, alone.Length).SequenceEqual(alone), $"image {i}");
    }

    static float[] Forward(ConvolutionShape s, float[] x, float[] weight, float[] bias)
    {
        float[] y = Guarded(s.N * s.OH * s.OW * s.O);
        fixed (float* px = x, pw = weight, pb = bias, py = y)
            Winograd.Convolve(WinogradShape.Forward(s), px, pw, null, new() { Columns = s.O, Bias = pb }, py + 1);
        return y;
    }

    static float[] BackwardData(ConvolutionShape s, float[] dy, float[] weight)
    {
        float[] dx = Guarded(s.N * s.H * s.W * s.C);
        fixed (float* pdy = dy, pw = weight, pdx = dx)
            Winograd.Convolve(WinogradShape.BackwardData(s), pdy, pw, null, default, pdx + 1);
        return dx;
    }

    static double[] Exact(ConvolutionShape s, float[] x, float[] weight, float[] bias)
    {
        double[] y = new double[s.N * s.OH * s.OW * s.O];
        fixed (double* px = Doubles(x), pw = Doubles(weight), pb = Doubles(bias), py = y)
            Convolution<double>.Forward(s, px, pw, null, new() { Columns = s.O, Bias = pb }, py);
        return y;
    }

    static double[] ExactData(ConvolutionShape s, float[] dy, float[] weight)
    {
        double[] dx = new double[s.N * s.H * s.W * s.C];
        fixed (double* pdy = Doubles(dy), pw = Doubles(weight), pdx = dx)
            Convolution<double>.BackwardData(s, pdy, pw, null, pdx);
        return dx;
    }

    static void AssertWithin(int depth, float[] found, double[] exact)
    {
        double bound = Epsilon / 2 * depth;
        Assert.That((found[0], found[^1]), Is.EqualTo((Guard, Guard)), "written outside");
        for (int i = 0; i < exact.Length; i++)
        {
            if (!(Math.Abs(found[i + 1] - exact[i]) <= bound))
                Assert.Fail($"[{i}] is {found[i + 1]} instead of {exact[i]}: further than {bound}");
        }
    }

    static double Rms(ReadOnlySpan<float> found, double[] exact)
    {
        double squares = 0;
        for (int i = 0; i < exact.Length; i++) squares += (found[i] - exact[i]) * (found[i] - exact[i]);
        return Math.Sqrt(squares / exact.Length);
    }

    static float[] Guarded(int count)
    {
        var values = new float[count + 2];
        Array.Fill(values, Guard);
        return values;
    }

    static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
    }

    static double[] Doubles(float[] values) => Array.ConvertAll(values, v => (double)v);
}
