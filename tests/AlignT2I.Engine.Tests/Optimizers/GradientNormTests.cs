namespace AlignT2I.Engine.Tests;

internal sealed class GradientNormTests
{
    [Test]
    public void Clip_scales_shared_gradient_memory_once_per_parameter()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor a = Leaf(1, 2), b = Leaf(3, 4);
        Backward(() => F.Add(a, b), 3, 4);        // both leaves see the same memory
        Parameter[] parameters = [new("a", a, ParameterLayout.AsInFile), new("b", b, ParameterLayout.AsInFile)];
        double norm = GradientNorm.Clip(parameters, 1);
        Assert.That(norm, Is.EqualTo(Math.Sqrt(50)).Within(1e-14));
        double[] expected = [3 / (norm + 1e-6), 4 / (norm + 1e-6)];
        Assert.That(a.Grad!.ToArray<double>(), Is.EqualTo(expected).Within(1e-15));
        Assert.That(b.Grad!.ToArray<double>(), Is.EqualTo(expected).Within(1e-15));
    }

    [Test]
    public void A_small_norm_leaves_the_gradients_alone()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor a = Leaf(1, 2);
        Backward(() => F.Affine(a, 1), 0.3, 0.4);
        Assert.That(GradientNorm.Clip([new("a", a, ParameterLayout.AsInFile)], 1), Is.EqualTo(0.5).Within(1e-15));
        Assert.That(a.Grad!.ToArray<double>(), Is.EqualTo([0.3, 0.4]));
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void A_norm_that_is_not_finite_is_returned_and_nothing_scaled(double bad)
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor a = Leaf(1, 2);
        Backward(() => F.Affine(a, 1), bad, 7);
        Assert.That(double.IsFinite(GradientNorm.Clip([new("a", a, ParameterLayout.AsInFile)], 1)), Is.False);
        Assert.That(a.Grad!.ToArray<double>()[1], Is.EqualTo(7));
    }

    [Test]
    public void A_limit_that_is_not_positive_is_refused() =>
        Assert.That(() => GradientNorm.Coefficient(1, 0), Throws.TypeOf<ArgumentOutOfRangeException>());

    static Tensor Leaf(params double[] values)
    {
        Tensor leaf = Tensor.From(values, [values.Length]);
        leaf.RequiresGrad = true;
        return leaf;
    }

    static void Backward(Func<Tensor> function, params double[] gradient)
    {
        using Tape tape = Tape.Open();
        tape.Backward(function(), Tensor.From(gradient, [gradient.Length]));
    }
}
