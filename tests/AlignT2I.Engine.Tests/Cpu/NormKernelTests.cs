namespace AlignT2I.Engine.Tests.Cpu;

public class NormKernelTests
{
    [TestCase(2, 700, 48, 16, 0)]
    [TestCase(9, 300, 24, 24, 3)]
    [TestCase(1, 1000, 320, 32, -1)]
    [TestCase(3, 64, 7, 1, 20)]
    public void Group_norm_in_float32_agrees_with_float64(int images, int rows, int channels, int groups, double mean)
    {
        using MemoryScope scope = MemoryScope.Open();
        (Tensor Y, Tensor[] Gradients) wide = GroupNorm(DType.F64, images, rows, channels, groups, mean);
        (Tensor Y, Tensor[] Gradients) narrow = GroupNorm(DType.F32, images, rows, channels, groups, mean);
        double tolerance = 2e-6 + Math.ScaleB(Math.Abs(mean) / 0.58, -24);     // a mean rounded to float32, in standard deviations of x
        TensorAssert.Close(narrow.Y, wide.Y, tolerance, "output");
        for (int i = 0; i < 3; i++)
            TensorAssert.Close(narrow.Gradients[i], wide.Gradients[i], tolerance, $"gradient {i}");
    }

    [Test]
    public void Fused_silu_is_silu_of_the_norm()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Values(DType.F32, [3, 5, 7, 30], 1, 0.5), weight = Values(DType.F32, [30], 2, 1), bias = Values(DType.F32, [30], 3, 0);
        Tensor fused = F.GroupNormSilu(x, weight, bias, 6, 1e-5f), parts = F.Silu(F.GroupNorm(x, weight, bias, 6, 1e-5f));
        Assert.That(fused.ToArray<float>(), Is.EqualTo(parts.ToArray<float>()));
    }

    [Test]
    public void A_large_mean_does_not_drown_the_variance()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Values(DType.F32, [1, 40, 40, 4], 1, mean: 4096);
        Tensor y = F.GroupNorm(x, Ones(4), Tensor.Zeros([4], DType.F32, Backend.Cpu), 2, 0);
        double squares = y.ToArray<float>().Sum(v => (double)v * v) / y.Count;
        Assert.That(squares, Is.EqualTo(1).Within(1e-3), "mean square of normalized values: only x's own rounding, 2^-12, is left");
    }

    [Test]
    public void A_constant_image_becomes_the_bias()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Tensor.Full([2, 9, 6], DType.F32, Backend.Cpu, 3.3), bias = Values(DType.F32, [6], 3, 0);
        float[] y = F.GroupNorm(x, Ones(6), bias, 3, 1e-5f).ToArray<float>();
        float[] expected = bias.ToArray<float>();
        for (int i = 0; i < y.Length; i++)
            Assert.That(y[i], Is.EqualTo(expected[i % 6]).Within(1e-4), $"element {i}");
    }

    [TestCase(1, 768)]
    [TestCase(600, 33)]
    [TestCase(2000, 5)]
    public void Layer_norm_in_float32_agrees_with_float64(int rows, int channels)
    {
        using MemoryScope scope = MemoryScope.Open();
        (Tensor Y, Tensor[] Gradients) wide = LayerNorm(DType.F64, rows, channels), narrow = LayerNorm(DType.F32, rows, channels);
        TensorAssert.Close(narrow.Y, wide.Y, relativeL2: 2e-6, "output");
        for (int i = 0; i < 3; i++)
            TensorAssert.Close(narrow.Gradients[i], wide.Gradients[i], relativeL2: 4e-6, $"gradient {i}");
    }

    [Test]
    public void Gradients_have_the_same_bits_every_time()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor[] first = GroupNorm(DType.F32, 9, 300, 24, 8, 1).Gradients;
        Tensor[] firstRows = LayerNorm(DType.F32, 3000, 33).Gradients;
        for (int repeat = 0; repeat < 5; repeat++)
        {
            Tensor[] again = GroupNorm(DType.F32, 9, 300, 24, 8, 1).Gradients, againRows = LayerNorm(DType.F32, 3000, 33).Gradients;
            for (int i = 0; i < 3; i++)
            {
                Assert.That(again[i].ToArray<float>(), Is.EqualTo(first[i].ToArray<float>()), $"group norm, gradient {i}");
                Assert.That(againRows[i].ToArray<float>(), Is.EqualTo(firstRows[i].ToArray<float>()), $"layer norm, gradient {i}");
            }
        }
    }

    [Test]
    public void Softmax_of_large_and_infinite_scores()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Tensor.From([1000f, 1000f, float.NegativeInfinity, -1000f], [2, 2]);
        Assert.That(F.Softmax(x).ToArray<float>(), Is.EqualTo(new[] { 0.5f, 0.5f, 0, 1 }));
    }

    [Test]
    public void Groups_that_do_not_divide_the_channels_are_refused()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Tensor.Zeros([1, 2, 2, 48], DType.F32, Backend.Cpu);
        Assert.That(
            () => F.GroupNormSilu(x, Ones(48), Ones(48), 32, 1e-5f),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "GroupNormSilu: groups = 32 does not divide channels = 48; choose a number of groups that divides the channels."));
    }

    static (Tensor Y, Tensor[] Gradients) GroupNorm(DType dtype, int images, int rows, int channels, int groups, double mean)
    {
        Tensor x = Values(dtype, [images, rows, channels], 1, mean);
        return Run(x, channels, (weight, bias) => F.GroupNormSilu(x, weight, bias, groups, 1e-5f));
    }

    static (Tensor Y, Tensor[] Gradients) LayerNorm(DType dtype, int rows, int channels)
    {
        Tensor x = Values(dtype, [rows, channels], 1, 2);
        return Run(x, channels, (weight, bias) => F.LayerNorm(x, weight, bias, 1e-5f));
    }

    static (Tensor Y, Tensor[] Gradients) Run(Tensor x, int channels, Func<Tensor, Tensor, Tensor> function)
    {
        Tensor weight = Values(x.DType, [channels], 2, 1), bias = Values(x.DType, [channels], 3, 0);
        (x.RequiresGrad, weight.RequiresGrad, bias.RequiresGrad) = (true, true, true);
        using Tape tape = Tape.Open();
        Tensor y = function(weight, bias);
        tape.Backward(y, Values(x.DType, y.Shape, 4, 0.2));
        return (y, [x.Grad!, weight.Grad!, bias.Grad!]);
    }

    static Tensor Ones(int count) => Tensor.Full([count], DType.F32, Backend.Cpu, 1);

    static Tensor Values(DType dtype, Shape shape, int seed, double mean)
    {
        Random random = new(seed);
        float[] values = [.. Enumerable.Range(0, (int)shape.Count).Select(_ => (float)(mean + 2 * random.NextDouble() - 1))];
        return dtype == DType.F32 ? Tensor.From(values, shape) : Tensor.From([.. values.Select(v => (double)v)], shape);
    }
}
