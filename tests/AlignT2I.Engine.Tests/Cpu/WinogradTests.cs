using AlignT2I.Engine.Backends.Cpu;

namespace AlignT2I.Engine.Tests.Cpu;

public unsafe class WinogradTests
{
    /// <summary>Largest relative error of one rounding.</summary>
    const double Epsilon = 1.0 / (1 << 24);

    [TestCaseSource(typeof(ConvolutionShapes), nameof(ConvolutionShapes.InSquares))]
    public void Results_and_gradients_match_float64(object shape)
    {
        var s = (ConvolutionShape)shape;
        float[] x = X(s), weight = Weight(s), dy = Dy(s), bias = Bias(s);
        KernelValues.AssertClose("y", Exact(s, x, weight, bias), Forward(s, x, weight, bias), Epsilon / 2 * s.Depth);
        KernelValues.AssertClose("dx", ExactData(s, dy, weight), BackwardData(s, dy, weight), Epsilon / 2 * s.KH * s.KW * s.O);
        if (s.N > 0)
            KernelValues.AssertClose("dweight", ExactWeight(s, x, dy), BackwardWeight(s, x, dy), Epsilon * (s.N * s.OH * s.OW + 16));
    }

    [TestCase(32), TestCase(128), TestCase(320), TestCase(512), TestCase(1280), TestCase(2560)]
    public void The_error_is_as_the_doc_comment_says(int channels)
    {
        var s = new ConvolutionShape(1, 16, 16, channels, 48, 3, 3, 1, 1);
        float[] x = X(s), weight = Weight(s), bias = Bias(s);
        double[] exact = Exact(s, x, weight, bias);
        float[] direct = new float[exact.Length];
        fixed (float* px = x, pw = weight, pb = bias, py = direct)
            Convolution<float>.ForwardDirect(s, px, pw, null, new() { Columns = s.O, Bias = pb }, py);
        double error = Rms(Forward(s, x, weight, bias).AsSpan(1), exact), directError = Rms(direct, exact);
        Assert.That(error, Is.LessThan(5 * Epsilon * Math.Sqrt(s.Depth)).And.LessThan(2 * directError));
    }

    [TestCase(1, 8), TestCase(1, 16), TestCase(1, 32), TestCase(1, 64), TestCase(32, 16), TestCase(16, 64)]
    public void The_error_of_the_weights_gradient_is_as_the_doc_comment_says(int images, int size)
    {
        var s = new ConvolutionShape(images, size, size, 40, 48, 3, 3, 1, 1);
        float[] x = X(s), dy = Dy(s);
        double[] exact = ExactWeight(s, x, dy);
        float[] direct = new float[exact.Length];
        fixed (float* px = x, pdy = dy, pdw = direct)
            Convolution<float>.BackwardWeightDirect(s, px, pdy, pdw);
        double error = Rms(BackwardWeight(s, x, dy).AsSpan(1), exact), directError = Rms(direct, exact);
        Assert.That(error, Is.LessThan(5 * Epsilon * Math.Sqrt(s.N * s.OH * s.OW)).And.LessThan(2 * directError));
    }

    [Test]
    public void An_image_among_others_gives_the_same_bits()
    {
        var one = new ConvolutionShape(1, 20, 20, 64, 96, 3, 3, 1, 1);
        ConvolutionShape many = one with { N = 9 };
        float[] x = X(one), weight = Weight(one), bias = Bias(one);
        float[] alone = Forward(one, x, weight, bias)[1..^1];
        float[] together = Forward(many, [.. Enumerable.Repeat(x, many.N).SelectMany(v => v)], weight, bias)[1..^1];
        for (int i = 0; i < many.N; i++)
            Assert.That(together.AsSpan(i * alone.Length, alone.Length).SequenceEqual(alone), $"image {i}");
    }

    /// <summary>Inside a loop a kernel has one thread alone.</summary>
    [TestCase(3, 20, 40, 50), TestCase(1, 8, 200, 250)]
    public void One_thread_gives_the_same_gradient_bit_for_bit(int images, int size, int channels, int outputs)
    {
        var s = new ConvolutionShape(images, size, size, channels, outputs, 3, 3, 1, 1);
        float[] x = X(s), dy = Dy(s), all = BackwardWeight(s, x, dy);
        var alone = new float[2][];
        CpuThreads.For(2, i => alone[i] = BackwardWeight(s, x, dy));
        Assert.That(alone[0].AsSpan().SequenceEqual(all) && alone[1].AsSpan().SequenceEqual(all));
    }

    static float[] X(ConvolutionShape s) => KernelValues.Random<float>(s.N * s.H * s.W * s.C, 1);

    static float[] Weight(ConvolutionShape s) => KernelValues.Random<float>((int)s.WeightCount, 2);

    static float[] Bias(ConvolutionShape s) => KernelValues.Random<float>(s.O, 3);

    static float[] Dy(ConvolutionShape s) => KernelValues.Random<float>(s.N * s.OH * s.OW * s.O, 4);

    static float[] Forward(ConvolutionShape s, float[] x, float[] weight, float[] bias)
    {
        float[] y = KernelValues.Guarded<float>(s.N * s.OH * s.OW * s.O);
        fixed (float* px = x, pw = weight, pb = bias, py = y)
            Winograd.Convolve(WinogradShape.Forward(s), px, pw, null, new() { Columns = s.O, Bias = pb }, py + 1);
        return y;
    }

    static float[] BackwardData(ConvolutionShape s, float[] dy, float[] weight)
    {
        float[] dx = KernelValues.Guarded<float>(s.N * s.H * s.W * s.C);
        fixed (float* pdy = dy, pw = weight, pdx = dx)
            Winograd.Convolve(WinogradShape.BackwardData(s), pdy, pw, null, default, pdx + 1);
        return dx;
    }

    static float[] BackwardWeight(ConvolutionShape s, float[] x, float[] dy)
    {
        float[] dweight = KernelValues.Guarded<float>((int)s.WeightCount);
        fixed (float* px = x, pdy = dy, pdw = dweight)
            WinogradWeightGradient.Compute(WinogradShape.Forward(s), px, pdy, pdw + 1);
        return dweight;
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

    static double[] ExactWeight(ConvolutionShape s, float[] x, float[] dy)
    {
        double[] dweight = new double[s.WeightCount];
        fixed (double* px = Doubles(x), pdy = Doubles(dy), pdw = dweight)
            Convolution<double>.BackwardWeight(s, px, pdy, pdw);
        return dweight;
    }

    static double Rms(ReadOnlySpan<float> found, double[] exact)
    {
        double squares = 0;
        for (int i = 0; i < exact.Length; i++) squares += (found[i] - exact[i]) * (found[i] - exact[i]);
        return Math.Sqrt(squares / exact.Length);
    }

    static double[] Doubles(float[] values) => Array.ConvertAll(values, v => (double)v);
}
