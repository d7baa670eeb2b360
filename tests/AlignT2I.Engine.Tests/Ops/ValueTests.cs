namespace AlignT2I.Engine.Tests;

/// <summary>Results worked out by hand; a gradient check cannot see that an operation computes the wrong function.</summary>
internal sealed class ValueTests
{
    [Test]
    public void Upsampling_repeats_pixels()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor y = F.UpsampleNearest2x(Tensor.From([1f, 2, 3, 4], [1, 1, 2, 2]));
        Assert.That(y.Shape.ToArray(), Is.EqualTo([1, 2, 4, 2]));
        Assert.That(y.ToArray<float>(), Is.EqualTo([1f, 2, 1, 2, 3, 4, 3, 4, 1, 2, 1, 2, 3, 4, 3, 4]));
    }

    [Test]
    public void Pooling()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Tensor.From([1f, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
        Assert.That(F.AvgPool2d(x, 2, 1).ToArray<float>(), Is.EqualTo([3f, 4, 6, 7]));
        Assert.That(F.AvgPool2d(x, 3, 2, 1).ToArray<float>(), Is.EqualTo([12 / 9f, 16 / 9f, 24 / 9f, 28 / 9f]).Within(1e-6));
        Assert.That(F.AvgPool2d(x, 3, 2, 1, countIncludePad: false).ToArray<float>(), Is.EqualTo([3f, 4, 6, 7]));
        Assert.That(F.MaxPool2d(x, 2, 1).ToArray<float>(), Is.EqualTo([5f, 6, 8, 9]));
        Assert.That(F.MaxPool2d(F.Affine(x, -1), 3, 2, 1).ToArray<float>(), Is.EqualTo([-1f, -2, -4, -5]));
    }

    [Test]
    public void Bilinear_resize_interpolates_between_pixel_centres()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Tensor.From([0f, 1, 2, 3], [1, 2, 2, 1]);
        Assert.That(F.ResizeBilinear(x, 1, 1).Item(), Is.EqualTo(1.5));
        Assert.That(F.ResizeBilinear(x, 2, 4).ToArray<float>(), Is.EqualTo([0f, 0.25f, 0.75f, 1, 2, 2.25f, 2.75f, 3]));
        Assert.That(F.ResizeBilinear(x, 2, 2).ToArray<float>(), Is.EqualTo([0f, 1, 2, 3]));
    }

    [Test]
    public void Losses()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor prediction = Tensor.From([1.0, 2, 3, 4], [2, 2]), target = Tensor.From([0.0, 0, 3, 2], [2, 2]);
        Assert.That(F.MseLoss(prediction, target).Item(), Is.EqualTo((2.5 + 2) / 2));
        Assert.That(F.MseLoss(prediction, target, Tensor.From([0.5, 0.25], [2])).Item(), Is.EqualTo((0.5 * 2.5 + 0.25 * 2) / 2));
        Tensor logits = Tensor.From([0.0, Math.Log(3), 1000, 0], [2, 2]);
        Assert.That(F.CrossEntropy(logits, Tensor.From([1, 0], [2])).Item(), Is.EqualTo(Math.Log(4.0 / 3) / 2).Within(1e-15));
    }

    [Test]
    public void Reductions_and_normalization()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Tensor.From([3.0, 4, 0, 0, -6, 8], [3, 2]);
        Assert.That(F.Sum(x).Item(), Is.EqualTo(9));
        Assert.That(F.Mean(x).Item(), Is.EqualTo(1.5));
        Assert.That(F.SumLast(x).ToArray<double>(), Is.EqualTo([7.0, 0, 2]));
        Assert.That(F.MeanLast(x).ToArray<double>(), Is.EqualTo([3.5, 0, 1]));
        Assert.That(F.L2Normalize(x).ToArray<double>(), Is.EqualTo([0.6, 0.8, 0, 0, -0.6, 0.8]).Within(1e-15));
    }

    [Test]
    public void Tables_and_sequences()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor table = Tensor.From([1f, 2, 3, 4, 5, 6], [3, 2]);
        Tensor y = F.Embedding(Tensor.From([2, 0, 2], [1, 3]), table);
        Assert.That(y.Shape.ToArray(), Is.EqualTo([1, 3, 2]));
        Assert.That(y.ToArray<float>(), Is.EqualTo([5f, 6, 1, 2, 5, 6]));
        Assert.That(F.Gather(y, Tensor.From([1], [1])).ToArray<float>(), Is.EqualTo([1f, 2]));
    }

    [Test]
    public void Timestep_embedding_is_cosines_then_sines()
    {
        using MemoryScope scope = MemoryScope.Open();
        double[] y = F.TimestepEmbedding(Tensor.From([0.0, 500], [2]), 5).ToArray<double>();
        Assert.That(y[..5], Is.EqualTo([1.0, 1, 0, 0, 0]));
        Assert.That(y[5..], Is.EqualTo([Math.Cos(500), Math.Cos(5), Math.Sin(500), Math.Sin(5), 0]).Within(1e-12));
    }

    [Test]
    public void Empty_tensors_go_through()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor none = Tensor.Zeros([0, 3], DType.F32, Backend.Cpu);
        Assert.That(F.Add(none, none).Count, Is.Zero);
        Assert.That(F.AddPerChannel(none, Tensor.Zeros([3], DType.F32, Backend.Cpu)).Count, Is.Zero);
        Assert.That(F.SumLast(none).Count, Is.Zero);
        Assert.That(F.Sum(none).Item(), Is.Zero);
        Assert.That(F.Concat(none, none).Shape.ToArray(), Is.EqualTo([0, 6]));
    }
}
