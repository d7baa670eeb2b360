using System.Numerics;
using AlignT2I.Engine.Backends.Cpu;

namespace AlignT2I.Engine.Tests.Cpu;

public unsafe class ConvolutionTests
{
    [TestCaseSource(typeof(ConvolutionShapes), nameof(ConvolutionShapes.All))]
    public void Float_matches_loops(object shape) => Check<float>((ConvolutionShape)shape, 2e-6);

    [TestCaseSource(typeof(ConvolutionShapes), nameof(ConvolutionShapes.All))]
    public void Double_matches_loops(object shape) => Check<double>((ConvolutionShape)shape, 4e-15);

    [Test]
    public void A_row_of_more_pixels_than_a_stack_holds()
    {
        float[] y = [];
        Thread thread = new(Convolve, maxStackSize: 256 << 10);
        thread.Start();
        thread.Join();
        Assert.That(y, Has.Length.EqualTo(99_998).And.All.EqualTo(3));

        void Convolve()
        {
            using MemoryScope scope = MemoryScope.Open();
            Tensor x = Tensor.Full([1, 1, 100_000, 1], DType.F32, Backend.Cpu, 1);
            Tensor weight = Tensor.Full([1, 1, 3, 1], DType.F32, Backend.Cpu, 1);
            y = F.Conv2d(x, weight).ToArray<float>();
        }
    }

    static void Check<T>(ConvolutionShape s, double tolerance) where T : unmanaged, INumberBase<T>
    {
        int xCount = s.N * s.H * s.W * s.C, yCount = s.N * s.OH * s.OW * s.O, weightCount = (int)s.WeightCount;
        T[] x = KernelValues.Random<T>(xCount, 1), weight = KernelValues.Random<T>(weightCount, 2);
        T[] bias = KernelValues.Random<T>(s.O, 3), dy = KernelValues.Random<T>(yCount, 4);
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
        T[] foundY = KernelValues.Guarded<T>(yCount), foundDx = KernelValues.Guarded<T>(xCount);
        T[] foundDweight = KernelValues.Guarded<T>(weightCount);
        fixed (T* px = x, pw = weight, pb = bias, pdy = dy, py = foundY, pdx = foundDx, pdw = foundDweight)
        {
            Convolution<T>.Forward(s, px, pw, null, new() { Columns = s.O, Bias = pb }, py + 1);
            Convolution<T>.BackwardData(s, pdy, pw, null, pdx + 1);
            Convolution<T>.BackwardWeight(s, px, pdy, pdw + 1);
        }
        KernelValues.AssertClose("y", y, foundY, tolerance * s.Depth);
        KernelValues.AssertClose("dx", dx, foundDx, tolerance * s.KH * s.KW * s.O);
        KernelValues.AssertClose("dweight", dweight, foundDweight, tolerance * (s.N * s.OH * s.OW + 1));
    }
}
