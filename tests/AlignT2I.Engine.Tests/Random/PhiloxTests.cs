namespace AlignT2I.Engine.Tests;

internal sealed class PhiloxTests
{
    // The known-answer vectors published with Salmon et al. 2011 (Random123): counter, key, result.
    [TestCase(0u, 0u, 0u, 0u, 0u, 0u, new[] { 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u })]
    [TestCase(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu,
        new[] { 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu })]
    [TestCase(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u,
        new[] { 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u })]
    public void Block_matches_the_known_answers(uint x, uint y, uint z, uint w, uint key0, uint key1, uint[] expected)
    {
        (uint a, uint b, uint c, uint d) = Philox.Block((x, y, z, w), key0, key1);
        Assert.That(new[] { a, b, c, d }, Is.EqualTo(expected));
    }

    [Test]
    public void First_draws_are_the_words_of_block_zero()
    {
        Assert.That(new Philox(0).NextUInt64(), Is.EqualTo(0xe169c58d6627e8d5ul));
        var uniform = new float[4];
        new Philox(0).Uniform(uniform);
        Assert.That(uniform[0], Is.EqualTo(0x6627e8 / 16777216f));
        Assert.That(uniform[3], Is.EqualTo(0x9b00db / 16777216f));
    }

    [Test]
    public void Resumed_from_its_state_it_draws_the_same()
    {
        var philox = new Philox(123456789012345, 7);
        philox.Normal(new float[13]);
        var resumed = new Philox(philox.State);
        float[] expected = new float[21], actual = new float[21];
        philox.Normal(expected);
        resumed.Normal(actual);
        Assert.That(actual, Is.EqualTo(expected));
        Assert.That(philox.State, Is.EqualTo(new PhiloxState(123456789012345, 7, 4 + 6)));
    }

    [Test]
    public void Seeds_and_streams_differ()
    {
        Philox[] generators = [new(1), new(2), new(1, 1), new(1, 1UL << 40), new(1 + (1UL << 40))];
        ulong[] first = [.. generators.Select(generator => generator.NextUInt64())];
        Assert.That(first, Is.Unique);
    }

    [Test]
    public void Uniform_fills_the_unit_interval_evenly()
    {
        var values = new float[100_003];
        new Philox(3).Uniform(values);
        Assert.That(values.Min(), Is.InRange(0f, 1e-4f));
        Assert.That(values.Max(), Is.InRange(1 - 1e-4f, 1 - 1f / (1 << 24)));
        Assert.That(values.Average(v => (double)v), Is.EqualTo(0.5).Within(5 * 0.2887 / Math.Sqrt(values.Length)));
        var doubles = new double[100_003];
        new Philox(3).Uniform(doubles);
        Assert.That(doubles.Average(), Is.EqualTo(0.5).Within(5 * 0.2887 / Math.Sqrt(doubles.Length)));
    }

    [Test]
    public void Normal_has_the_moments_of_the_normal_distribution()
    {
        var values = new float[200_001];
        new Philox(4).Normal(values);
        double n = values.Length;      // limits: five standard errors of each moment
        Assert.That(values.Sum(v => (double)v) / n, Is.EqualTo(0).Within(5 / Math.Sqrt(n)));
        Assert.That(values.Sum(v => (double)v * v) / n, Is.EqualTo(1).Within(5 * Math.Sqrt(2 / n)));
        Assert.That(values.Sum(v => Math.Pow(v, 4)) / n, Is.EqualTo(3).Within(5 * Math.Sqrt(96 / n)));
        Assert.That(values.Zip(values.Skip(1), (a, b) => (double)a * b).Sum() / n, Is.EqualTo(0).Within(5 / Math.Sqrt(n)));
        var doubles = new double[200_001];
        new Philox(4).Normal(doubles);
        Assert.That(doubles.Sum(v => v * v) / n, Is.EqualTo(1).Within(5 * Math.Sqrt(2 / n)));
    }

    /// <summary>Shares beyond 1 to 4 standard deviations, of two million values; limits: five standard errors.</summary>
    [TestCase(1, 0.31731051)]
    [TestCase(2, 0.04550026)]
    [TestCase(3, 0.0026997961)]
    [TestCase(4, 6.3342484e-5)]
    public void Normal_has_the_tails_of_the_normal_distribution(double deviations, double share)
    {
        var values = new float[2_000_000];
        new Philox(7).Normal(values);
        double n = values.Length, found = values.Count(v => Math.Abs(v) > deviations) / n;
        Assert.That(found, Is.EqualTo(share).Within(5 * Math.Sqrt(share * (1 - share) / n)));
        Assert.That(values.Max(MathF.Abs), Is.LessThan(6.67f));
    }

    [Test]
    public void Normal_is_within_2_5e_7_of_the_exact_transform()
    {
        var generator = new Philox(8, 9);
        PhiloxState start = generator.State;
        var values = new float[400_000];
        generator.Normal(values);
        for (int i = 0; i < values.Length; i += 4)
            RequireClose(PhiloxBlocks.Words(start with { Counter = (ulong)i / 4 }), values.AsSpan(i, 4));
    }

    /// <summary>Smallest and largest words, and those around the ends of quadrants: the values are finite and right.</summary>
    [Test]
    public void Extreme_words_give_numbers()
    {
        foreach (uint[] words in PhiloxBlocks.Extreme)
        {
            var values = new float[4];
            new Philox(PhiloxBlocks.Before(words, seed: 5)).Normal(values);
            Assert.That(values, Has.All.Matches<float>(float.IsFinite));
            RequireClose(words, values);
        }
    }

    [Test]
    public void A_fill_of_any_length_begins_as_a_longer_one_and_counts_past_32_bits()
    {
        PhiloxState start = new(3, 4, uint.MaxValue - 7UL);
        float[] uniform = new float[200], normal = new float[200];
        new Philox(start).Uniform(uniform);
        new Philox(start).Normal(normal);
        for (int i = 0; i < uniform.Length; i++)
        {
            uint word = PhiloxBlocks.Words(start with { Counter = start.Counter + (ulong)i / 4 })[i % 4];
            Assert.That(uniform[i], Is.EqualTo((word >> 8) / 16777216f), $"value {i}");
        }
        foreach (int length in (int[])[1, 2, 3, 63, 64, 65, 130])
        {
            var shorter = new float[length];
            var generator = new Philox(start);
            generator.Normal(shorter);
            Assert.That(shorter, Is.EqualTo(normal[..length]));
            Assert.That(generator.State.Counter - start.Counter, Is.EqualTo((ulong)(length + 3) / 4));
        }
    }

    [Test]
    public void Tensors_get_what_spans_get()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor values = Tensor.Empty([3, 20_001], DType.F32, Backend.Cpu);
        var expected = new float[values.Count];
        Philox tensor = new(1), span = new(1);
        tensor.Uniform(values);
        span.Uniform(expected);
        Assert.That(values.ToArray<float>(), Is.EqualTo(expected));
        Assert.That(tensor.State, Is.EqualTo(span.State));

        Philox[] rows = [new(1), new(2), new(1, 5)], others = [new(1), new(2), new(1, 5)];
        Philox.Normal(values, rows);
        for (int row = 0; row < rows.Length; row++)
            others[row].Normal(expected.AsSpan(row * 20_001, 20_001));
        Assert.That(values.ToArray<float>(), Is.EqualTo(expected));
        Assert.That(rows.Select(r => r.State), Is.EqualTo(others.Select(r => r.State)));
        Assert.That(() => Philox.Normal(values, [new(1), new(2)]), Throws.TypeOf<ShapeException>());
        Assert.That(() => rows[0].Normal(Tensor.Zeros([3], DType.F64, Backend.Cpu)), Throws.TypeOf<DTypeException>());
    }

    static void RequireClose(uint[] words, ReadOnlySpan<float> values)
    {
        for (int pair = 0; pair < 4; pair += 2)
        {
            double radius = Math.Sqrt(-2 * Math.Log((float)((words[pair] + 1.0) / 4294967296)));
            double quarters = (words[pair + 1] >> 8) / 4194304.0;
            (double sin, double cos) = (Math.Sin(Math.PI / 2 * (quarters % 1)), Math.Cos(Math.PI / 2 * (quarters % 1)));
            (double x, double y) = (int)quarters switch { 0 => (cos, sin), 1 => (-sin, cos), 2 => (-cos, -sin), _ => (sin, -cos) };
            if (Math.Abs(values[pair] - radius * x) > 2.5e-7 * Math.Abs(radius * x) + 1e-15
                || Math.Abs(values[pair + 1] - radius * y) > 2.5e-7 * Math.Abs(radius * y) + 1e-15)
                Assert.Fail($"words {words[pair]:x} {words[pair + 1]:x}: {values[pair]:R}, {values[pair + 1]:R}");
        }
    }

    [Test]
    public void Integers_stay_in_range_and_reach_every_value()
    {
        var values = new int[7000];
        new Philox(5).Integers(values, -3, 4);
        for (int value = -3; value < 4; value++)
            Assert.That(values.Count(v => v == value), Is.InRange(850, 1150), $"count of {value}");
        Assert.That(values.All(v => v is >= -3 and < 4));
    }

    [Test]
    public void Permutation_holds_every_integer_once_and_every_first_is_as_likely()
    {
        var philox = new Philox(6);
        var order = new int[101];
        philox.Permutation(order);
        Assert.That(order, Is.EquivalentTo(Enumerable.Range(0, 101)));
        Assert.That(order, Is.Not.Ordered);
        var firsts = new int[5];
        for (int i = 0; i < 5000; i++)
        {
            philox.Permutation(order.AsSpan(0, 5));
            firsts[order[0]]++;
        }
        Assert.That(firsts, Is.All.InRange(850, 1150));
    }

    [Test]
    public void Empty_ranges_are_refused()
    {
        Assert.That(() => new Philox(0).NextInt(0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Philox(0).NextInt(5L, 5L), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new TorchGenerator(0).RandInt(new long[1], 5, 5), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new TorchGenerator(0).Bernoulli(new float[1], 1.5f), Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
