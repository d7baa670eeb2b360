using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Metrics;
using AlignT2I.Models.Parity;
using AlignT2I.Testing;

namespace AlignT2I.Models.Tests.Metrics;

public class FrechetDistanceTests
{
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Features_that_are_not_numbers_are_told(double value)
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor a = Tensor.From((double[])[1, 2, 3, 4, 5, value], [3, 2]), b = Tensor.From((double[])[1, 2, 3, 5, 5, 7], [3, 2]);
        Assert.That(() => FrechetDistance.Between(a, b), Throws.TypeOf<UsageException>().With.Message.Contains("not finite"));
        Assert.That(() => FrechetDistance.Between(b, a), Throws.TypeOf<UsageException>().With.Message.Contains("not finite"));
    }

    [TestCase("0", 1e-9)]
    [TestCase("2", 1e-9)]
    public void Distance_matches_the_recording(string part, double tolerance)
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParityCase golden = ParityCase.Read(Golden.Path("inception/frechet"));
        double distance = FrechetDistance.Between(Features(golden, $"input.{part}.a"), Features(golden, $"input.{part}.b"));
        double expected = golden.Values($"output.{part}.d2")[0];
        Assert.That(distance, Is.EqualTo(expected).Within(tolerance * expected));
    }

    [Test]
    public void Fewer_images_than_features_match_the_eigenvalue_form()
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParityCase golden = ParityCase.Read(Golden.Path("inception/frechet"));
        double expected = golden.Config.GetProperty("1").GetProperty("eigen").GetDouble();
        double distance = FrechetDistance.Between(Features(golden, "input.1.a"), Features(golden, "input.1.b"));
        Assert.That(distance, Is.EqualTo(expected).Within(1e-5 * expected));
    }

    [Test]
    public void Mean_and_covariance_match_the_recording()
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParityCase golden = ParityCase.Read(Golden.Path("inception/frechet"));
        (double[] mean, double[] covariance) = FeatureStatistics.Of(Features(golden, "input.0.a"));
        double[] expectedMean = golden.Values("output.0.mu_a"), expected = golden.Values("output.0.sigma_a");
        Assert.That(mean.Zip(expectedMean, (a, b) => Math.Abs(a - b)).Max(), Is.LessThan(1e-12));
        Assert.That(covariance.Zip(expected, (a, b) => Math.Abs(a - b)).Max(), Is.LessThan(1e-12));
    }

    [Test]
    public void Equal_sets_have_distance_zero()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor features = Random(40, 12, seed: 1);
        Assert.That(FrechetDistance.Between(features, features), Is.LessThan(1e-9));
    }

    [Test]
    public void Distance_is_symmetric_and_grows_with_the_shift()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor a = Random(60, 7, seed: 1), b = Random(50, 7, seed: 2);
        double near = FrechetDistance.Between(a, b), far = FrechetDistance.Between(a, F.Affine(b, 1, 3));
        Assert.That(FrechetDistance.Between(b, a), Is.EqualTo(near).Within(1e-9));
        Assert.That(far, Is.GreaterThan(near + 7 * 8));     // the means are 3 apart in each of 7 dimensions, less what they were
    }

    [Test]
    public void A_feature_that_never_varies_adds_nothing()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor a = Random(40, 6, seed: 1), b = Random(30, 6, seed: 2);
        double without = FrechetDistance.Between(a, b);
        Tensor dead = Tensor.Zeros([40, 1], DType.F32, Backend.Cpu), dead30 = Tensor.Zeros([30, 1], DType.F32, Backend.Cpu);
        Tensor wider = F.Concat(dead, F.SliceLast(a, 0, 3), dead, F.SliceLast(a, 3, 3));
        Tensor other = F.Concat(dead30, F.SliceLast(b, 0, 3), dead30, F.SliceLast(b, 3, 3));
        Assert.That(FrechetDistance.Between(wider, other), Is.EqualTo(without).Within(1e-9 * without));
    }

    [Test]
    public void Features_of_different_widths_are_refused()
    {
        using MemoryScope scope = MemoryScope.Open();
        Assert.That(() => FrechetDistance.Between(Random(5, 3, 1), Random(5, 4, 1)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[5, 4]"));
        Assert.That(() => FrechetDistance.Between(Random(1, 3, 1), Random(5, 3, 1)), Throws.TypeOf<ShapeException>());
    }

    static Tensor Features(ParityCase golden, string name) =>
        Tensor.From(Array.ConvertAll(golden.Values(name), v => (float)v), golden.ShapeOf(name));

    static Tensor Random(int rows, int columns, ulong seed)
    {
        Tensor x = Tensor.Empty([rows, columns], DType.F32, Backend.Cpu);
        new Philox(seed).Normal(x.AsSpan<float>());
        return x;
    }
}
