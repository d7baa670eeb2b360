using System.Runtime.InteropServices;
using AlignT2I.Files;

namespace AlignT2I.Engine.Tests;

internal sealed class TorchGeneratorTests
{
    /// <summary>README.md of the recordings: floats may differ by the rounding of the vectorised log, sin and cos.</summary>
    const double FloatTolerance = 1e-6;

    static readonly ulong[] seeds = [0, 1, 42, 1234, 2147483655];

    [TestCaseSource(nameof(seeds))]
    public void Raw_outputs(ulong seed)
    {
        var generator = new TorchGenerator(seed);
        long[] values = [.. Enumerable.Range(0, 10).Select(_ => (long)generator.NextUInt32())];
        Assert.That(values, Is.EqualTo(Recorded<long>(seed, "mt19937_raw_u32.10")));
    }

    [TestCaseSource(nameof(seeds))]
    public void Integers(ulong seed)
    {
        long[] values = new long[64];
        new TorchGenerator(seed).RandInt(values, 0, 1000);
        Assert.That(values, Is.EqualTo(Recorded<long>(seed, "randint_0_1000.64")));
    }

    [Test]
    public void Permutations([ValueSource(nameof(seeds))] ulong seed, [Values(10, 1000)] int count)
    {
        long[] values = new long[count];
        new TorchGenerator(seed).RandPerm(values);
        Assert.That(values, Is.EqualTo(Recorded<long>(seed, $"randperm.{count}")));
    }

    [TestCaseSource(nameof(seeds))]
    public void Uniforms(ulong seed)
    {
        float[] singles = new float[100], bits = new float[64];
        double[] doubles = new double[20];
        new TorchGenerator(seed).Rand(singles);
        new TorchGenerator(seed).Rand(doubles);
        new TorchGenerator(seed).Bernoulli(bits, 0.5f);
        Assert.That(singles, Is.EqualTo(Recorded<float>(seed, "rand.100")));
        Assert.That(doubles, Is.EqualTo(Recorded<double>(seed, "rand_f64.20")));
        Assert.That(bits, Is.EqualTo(Recorded<float>(seed, "bernoulli_half.64")));
    }

    [Test]
    public void Normals(
        [ValueSource(nameof(seeds))] ulong seed,
        [Values("randn.1", "randn.15", "randn.16", "randn.17", "randn.16384", "generator_randn.40")] string name)
    {
        float[] expected = Recorded<float>(seed, name), values = new float[expected.Length];
        new TorchGenerator(seed).Randn(values);
        AssertClose(values, expected);
    }

    [TestCaseSource(nameof(seeds))]
    public void Normals_in_float64(ulong seed)
    {
        double[] expected = Recorded<double>(seed, "randn_f64.20"), values = new double[20];
        new TorchGenerator(seed).Randn(values);
        Assert.That(values, Is.EqualTo(expected).Within(1e-14));
    }

    [TestCaseSource(nameof(seeds))]
    public void Calls_one_after_the_other(ulong seed)
    {
        float[] expected = Recorded<float>(seed, "randn_shape_1x4x8x8_then_next"), values = new float[293];
        var generator = new TorchGenerator(seed);
        generator.Randn(values.AsSpan(0, 256));
        generator.Randn(values.AsSpan(256, 5));     // few: drawn in pairs, the sixth is kept
        generator.Randn(values.AsSpan(261));
        AssertClose(values, expected);
    }

    static void AssertClose(float[] values, float[] expected)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.That(values[i], Is.EqualTo(expected[i]).Within(FloatTolerance), $"element {i}");
    }

    static T[] Recorded<T>(ulong seed, string name) where T : unmanaged
    {
        using SafetensorsFile file = SafetensorsFile.Open(Golden.Path("rng/torch-cpu"));
        return MemoryMarshal.Cast<byte, T>(file.GetBytes($"output.{seed}.{name}")).ToArray();
    }
}
