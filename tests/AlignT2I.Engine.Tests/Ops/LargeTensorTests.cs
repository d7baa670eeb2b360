namespace AlignT2I.Engine.Tests;

/// <summary>Sizes beyond the pieces and ranges into which the kernels cut their work, against plain loops in float64.</summary>
internal sealed class LargeTensorTests
{
    const double Rounding = 1.2e-7;     // one float32 rounding of a result that was computed in float64

    [Test]
    public void Elementwise()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor a = Random([3, 41, 43, 37], 1), b = Random([3, 41, 43, 37], 2);
        float[] x = a.ToArray<float>(), y = b.ToArray<float>();
        Assert.That(F.Add(a, b).ToArray<float>(), Is.EqualTo(x.Zip(y, (p, q) => p + q)));
        Assert.That(F.Sub(a, b).ToArray<float>(), Is.EqualTo(x.Zip(y, (p, q) => p - q)));
        Assert.That(F.Mul(a, b).ToArray<float>(), Is.EqualTo(x.Zip(y, (p, q) => p * q)));
        Assert.That(F.Div(a, b).ToArray<float>(), Is.EqualTo(x.Zip(y, (p, q) => p / q)));
        Assert.That(F.Affine(a, 3, -1).ToArray<float>(), Is.EqualTo(x.Select(p => p * 3 + -1)).Within(1e-6));
    }

    [Test]
    public void Broadcasts()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Random([5, 37, 41, 19], 1), perChannel = Random([19], 2), perImage = Random([5, 19], 3), shift = Random([5, 19], 4);
        Tensor perPixel = Random([37, 41, 19], 5), weight = Random([5], 6);
        float[] v = x.ToArray<float>(), c = perChannel.ToArray<float>(), s = perImage.ToArray<float>(), h = shift.ToArray<float>();
        float[] p = perPixel.ToArray<float>(), w = weight.ToArray<float>();
        int image = 37 * 41 * 19;
        Assert.That(F.AddPerChannel(x, perChannel).ToArray<float>(), Is.EqualTo(v.Select((e, i) => e + c[i % 19])));
        Assert.That(F.AddPerChannel(x, perImage).ToArray<float>(), Is.EqualTo(v.Select((e, i) => e + s[i / image * 19 + i % 19])));
        Assert.That(F.AddTrailing(x, perPixel).ToArray<float>(), Is.EqualTo(v.Select((e, i) => e + p[i % image])));
        Assert.That(F.MulPerSample(x, weight).ToArray<float>(), Is.EqualTo(v.Select((e, i) => e * w[i / image])));
        Assert.That(
            F.ScaleShift(x, perImage, shift).ToArray<float>(),
            Is.EqualTo(v.Select((e, i) => e * (1 + s[i / image * 19 + i % 19]) + h[i / image * 19 + i % 19])).Within(2e-6));
    }

    [TestCase(1, 70_001)]
    [TestCase(3, 40_000)]
    [TestCase(5_001, 23)]
    public void Row_sums(int rows, int columns)
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Random([rows, columns], 1);
        float[] v = x.ToArray<float>();
        double[] expected = new double[rows];
        for (int i = 0; i < v.Length; i++)
            expected[i / columns] += v[i];
        float[] found = F.SumLast(x).ToArray<float>();
        for (int r = 0; r < rows; r++)
            Assert.That(found[r], Is.EqualTo(expected[r]).Within(Rounding * Math.Max(1, Math.Abs(expected[r]))), $"row {r}");
        Assert.That(F.Mean(x).Item(), Is.EqualTo(expected.Sum() / v.Length).Within(Rounding));
    }

    [TestCase(1, 2_003, 17)]
    [TestCase(3, 515, 1_100)]
    [TestCase(4, 1, 2_050)]
    public void Broadcast_gradients(int groups, int rows, int columns)
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Random([groups, rows, columns], 1), b = Random([groups, columns], 2);
        b.RequiresGrad = true;
        float[] v = x.ToArray<float>();
        double[] expected = new double[groups * columns];
        for (int i = 0; i < v.Length; i++)
            expected[i / (rows * columns) * columns + i % columns] += v[i];
        using Tape tape = Tape.Open();
        tape.Backward(F.AddPerChannel(Tensor.Zeros(x.Shape, x.DType, x.Backend), b), x);
        float[] found = b.Grad!.ToArray<float>();
        for (int i = 0; i < expected.Length; i++)
            Assert.That(found[i], Is.EqualTo(expected[i]).Within(Rounding * Math.Max(1, Math.Abs(expected[i]))), $"element {i}");
    }

    [Test]
    public void Columns()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor a = Random([2, 61, 67, 5], 1), b = Random([2, 61, 67, 32], 2);
        Tensor[] parts = F.Split(F.Concat(a, b), 5, 32);
        TensorAssert.Same(parts[0], a, "first part");
        TensorAssert.Same(parts[1], b, "second part");
        TensorAssert.Same(F.SliceLast(F.Concat(b, a), 32, 5), a, "slice");
    }

    [Test]
    public void Weighted_squared_error()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor prediction = Random([3, 129, 131, 2], 1), target = Random([3, 129, 131, 2], 2), weight = Random([3], 3);
        float[] p = prediction.ToArray<float>(), t = target.ToArray<float>(), w = weight.ToArray<float>();
        double expected = 0;
        for (int i = 0; i < p.Length; i++)
            expected += w[i / (p.Length / 3)] * ((double)p[i] - t[i]) * ((double)p[i] - t[i]) / p.Length;
        Assert.That(F.MseLoss(prediction, target, weight).Item(), Is.EqualTo(expected).Within(Rounding * Math.Abs(expected)));

        prediction.RequiresGrad = true;
        using Tape tape = Tape.Open();
        tape.Backward(F.MseLoss(prediction, target, weight));
        float[] gradient = prediction.Grad!.ToArray<float>();
        for (int i = 0; i < p.Length; i += 997)
        {
            double wanted = 2 * w[i / (p.Length / 3)] * ((double)p[i] - t[i]) / p.Length;
            Assert.That(gradient[i], Is.EqualTo(wanted).Within(1e-6 * Math.Abs(wanted)), $"element {i}");
        }
    }

    static Tensor Random(Shape shape, ulong stream)
    {
        float[] values = new float[shape.Count];
        new Philox(11, stream).Normal(values);
        return Tensor.From(values, shape);
    }
}
