using System.Numerics;
using AlignT2I.Engine.Backends.Cpu;

namespace AlignT2I.Engine.Tests.Cpu;

public unsafe class ConvolutionTests
{
    static readonly object[] shapes =
    [
        new ConvolutionShape(1, 1, 1, 1, 1, 1, 1, 1, 0),
        new ConvolutionShape(2, 5, 7, 3, 4, 3, 3, 1, 1),
        new ConvolutionShape(3, 8, 8, 16, 48, 3, 3, 1, 1),
        new ConvolutionShape(2, 4, 4, 5, 9, 3, 3, 2, 1),
        new ConvolutionShape(2, 9, 6, 4, 50, 3, 3, 2, new Padding2d(0, 1, 0, 1)),
        new ConvolutionShape(1, 6, 5, 70, 3, 1, 1, 1, 0),
        new ConvolutionShape(2, 6, 5, 7, 3, 1, 1, 2, 0),
        new ConvolutionShape(1, 40, 33, 3, 8, 5, 4, 1, new Padding2d(2, 1, 0, 3)),
        new ConvolutionShape(1, 12, 12, 3, 10, 4, 4, 4, 0),
        new ConvolutionShape(17, 3, 3, 6, 11, 3, 3, 1, 1),
        new ConvolutionShape(1, 7, 300, 2, 3, 3, 3, 1, 1),
        new ConvolutionShape(1, 6, 6, 2, 3, 3, 3, 1, 4),
        new ConvolutionShape(1, 5, 5, 2, 3, 2, 2, 3, new Padding2d(1, 0, 2, 0)),
        new ConvolutionShape(1, 6, 6, 40, 400, 3, 3, 1, 1),
        new ConvolutionShape(2, 10, 10, 250, 250, 3, 3, 1, 1),
        new ConvolutionShape(0, 4, 4, 3, 5, 3, 3, 1, 1),
        new ConvolutionShape(2, 4, 3, 0, 5, 3, 3, 1, 1),
        new ConvolutionShape(2, 4, 3, 5, 0, 3, 3, 1, 1),
    ];

    [TestCaseSource(nameof(shapes))]
    public void Float_matches_loops(object shape) => Check<float>((ConvolutionShape)shape, 2e-6);

    [TestCaseSource(nameof(shapes))]
    public void Double_matches_loops(object shape) => Check<double>((ConvolutionShape)shape, 4e-15);

    static void Check<T>(ConvolutionShape s, double tolerance) where T : unmanaged, INumberBase<T>
    {
        int xCount = s.N * s.H * s.W * s.C, yCount = s.N * s.OH * s.OW * s.O, weightCount = (int)s.WeightCount;
        T[] x = Values<T>(xCount, 1), weight = Values<T>(weightCount, 2), bias = Values<T>(s.O, 3), dy = Values<T>(yCount, 4);
        double[] y = new double[yCount], dx = new double[xCount], dweight = new double[weightCount];
        for (int pixel = 0; pixel < s.N * s.OH * s.OW; pixel++)
        {
            int image = pixel / (s.OH * s.OW), row = pixel / s.OW % s.OH, column = pixel % s.OW;
            for (int o = 0; o < s.O; o++)
            {
                double d = double.CreateChecked(dy[pixel * s.O + o]);
                y[pixel * s.O + o] = double.CreateChecked(bias[o]);
                for (int position = 0; position < s.KH * s.KW; position++)
                {
                    int h = row * s.Stride - s.Padding.Top + position / s.KW, w = column * s.Stride - s.Padding.Left + position % s.KW;
                    if (h < 0 || h >= s.H || w < 0 || w >= s.W) continue;
                    for (int c = 0; c < s.C; c++)
                    {
                        int at = ((image * s.H + h) * s.W + w) * s.C + c, k = (o * s.KH * s.KW + position) * s.C + c;
                        y[pixel * s.O + o] += double.CreateChecked(x[at]) * double.CreateChecked(weight[k]);
                        dx[at] += d * double.CreateChecked(weight[k]);
                        dweight[k] += d * double.CreateChecked(x[at]);
                    }
                }
            }
        }
        T[] foundY = Guarded<T>(yCount), foundDx = Guarded<T>(xCount), foundDweight = Guarded<T>(weightCount);
        fixed (T* px = x, pw = weight, pb = bias, pdy = dy, py = foundY, pdx = foundDx, pdw = foundDweight)
        {
            Convolution<T>.Forward(s, px, pw, null, new() { Columns = s.O, Bias = pb }, py + 1);
            Convolution<T>.BackwardData(s, pdy, pw, null, pdx + 1);
            Convolution<T>.BackwardWeight(s, px, pdy, pdw + 1);
        }
        AssertClose("y", y, foundY, tolerance * s.Depth);
        AssertClose("dx", dx, foundDx, tolerance * s.KH * s.KW * s.O);
        AssertClose("dweight", dweight, foundDweight, tolerance * (s.N * s.OH * s.OW + 1));
    }

    static T[] Guarded<T>(int count) where T : INumberBase<T>
    {
        var values = new T[count + 2];
        Array.Fill(values, T.CreateChecked(77));
        return values;
    }

    static void AssertClose<T>(string name, double[] expected, T[] found, double tolerance) where T : INumberBase<T>
    {
        Assert.That((found[0], found[^1]), Is.EqualTo((T.CreateChecked(77), T.CreateChecked(77))), $"written outside {name}");
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(double.CreateChecked(found[i + 1]) - expected[i]) <= tolerance))
                Assert.Fail($"{name}[{i}] is {found[i + 1]} instead of {expected[i]}");
        }
    }

    static T[] Values<T>(int count, int seed) where T : INumberBase<T>
    {
        var random = new Random(seed);
        var values = new T[count];
        for (int i = 0; i < count; i++) values[i] = T.CreateChecked(random.NextDouble() * 2 - 1);
        return values;
    }
}
