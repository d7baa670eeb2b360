using AlignT2I.Files;

namespace AlignT2I.Engine.Tests;

internal sealed class EmaTests
{
    [TestCase(0.9, false)]
    [TestCase(0.9999, true)]
    public void Follows_its_definition(double decay, bool warmUp)
    {
        using MemoryScope scope = MemoryScope.Open();
        Parameter parameter = Make(5.0, -2, 0.5);
        using var ema = new Ema([parameter], decay, warmUp);
        double[] average = [5.0, -2, 0.5];
        for (int n = 1; n <= 20; n++)
        {
            Span<double> value = parameter.Value.AsSpan<double>();
            double d = warmUp ? Math.Min(decay, (1.0 + n) / (10 + n)) : decay;
            for (int i = 0; i < value.Length; i++)
            {
                value[i] = Math.Sin(n * (i + 1));
                average[i] = d * average[i] + (1 - d) * value[i];
            }

            ema.Update();
        }

        Assert.That(ema.Averages[0].Value.ToArray<double>(), Is.EqualTo(average).Within(1e-14));
        Assert.That(ema.Averages[0].Name, Is.EqualTo("p"));
    }

    [Test]
    public void Swap_exchanges_and_exchanges_back()
    {
        using MemoryScope scope = MemoryScope.Open();
        Parameter parameter = Make(1, 2, 3);
        using var ema = new Ema([parameter], 0.5);
        parameter.Value.AsSpan<double>().Fill(9);
        ema.Swap();
        Assert.That(parameter.Value.ToArray<double>(), Is.EqualTo([1.0, 2, 3]));
        ema.Swap();
        Assert.That(parameter.Value.ToArray<double>(), Is.EqualTo([9.0, 9, 9]));
    }

    [Test]
    public void Saved_and_loaded_it_is_the_same()
    {
        using MemoryScope scope = MemoryScope.Open();
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, "ema.safetensors");
        Parameter parameter = Make(1, 2, 3);
        using var ema = new Ema([parameter], 0.7);
        parameter.Value.AsSpan<double>().Fill(9);
        ema.Update();
        ema.Save(path);
        using var loaded = new Ema([parameter], 0.7);
        loaded.Load(path);
        Assert.That(loaded.UpdateCount, Is.EqualTo(1));
        TensorAssert.Same(loaded.Averages[0].Value, ema.Averages[0].Value, "average");
        using var other = new Ema([Make(1, 2)], 0.7);
        Assert.That(() => other.Load(path), Throws.TypeOf<FileFormatException>().With.Message.Contains("[3]").And.Message.Contains("[2]"));
    }

    [Test]
    public void A_decay_outside_its_range_is_refused() =>
        Assert.That(() => new Ema([], 1.5), Throws.TypeOf<ArgumentOutOfRangeException>());

    static Parameter Make(params double[] values) => new("p", Tensor.From(values, [values.Length]), ParameterLayout.AsInFile);
}
