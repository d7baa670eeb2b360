namespace AlignT2I.Engine;

/// <summary>
/// PyTorch's CPU random generator: the numbers that <c>torch.manual_seed(seed)</c> and then <c>torch.randn</c>, <c>torch.rand</c>,
/// <c>torch.randint</c> or <c>torch.randperm</c> give on a CPU. A seed then makes the image that a diffusers user expects.
/// </summary>
/// <remarks>
/// Integers and uniforms are PyTorch's bit for bit; normals differ by the rounding of log, sin and cos (its AVX2 build has its own).
/// Reference: pytorch/pytorch, aten/src/ATen/core/DistributionsHelper.h and native/cpu/DistributionTemplates.h, version 1.13.
/// </remarks>
public sealed class TorchGenerator
{
    const int Block = 16;       // PyTorch's Box-Muller works on 16 values: radii from the first 8, angles from the last 8

    readonly MersenneTwister engine;
    double? cachedNormal;       // second value of a scalar Box-Muller pair

    /// <summary>The state right after <c>torch.manual_seed(seed)</c>.</summary>
    /// <param name="seed">Any value; as in PyTorch only its low 32 bits count.</param>
    public TorchGenerator(ulong seed) => engine = new MersenneTwister((uint)seed);

    /// <summary>The next raw 32 bits of the Mersenne Twister.</summary>
    public uint NextUInt32() => engine.NextUInt32();

    /// <summary><c>torch.rand</c> in float32.</summary>
    /// <param name="values">Receives uniform values in [0, 1), multiples of 2^-24.</param>
    public void Rand(Span<float> values)
    {
        foreach (ref float value in values)
            value = NextSingle();
    }

    /// <summary><c>torch.rand</c> in float64.</summary>
    /// <param name="values">Receives uniform values in [0, 1), multiples of 2^-53.</param>
    public void Rand(Span<double> values)
    {
        foreach (ref double value in values)
            value = NextDouble();
    }

    /// <summary><c>torch.randn</c> in float32; like PyTorch, fewer than 16 values are drawn another way than 16 or more.</summary>
    /// <param name="values">Receives values of the standard normal distribution.</param>
    public void Randn(Span<float> values)
    {
        if (values.Length < Block)
        {
            foreach (ref float value in values)
                value = (float)NextNormal();
            return;
        }
        Rand(values);
        for (int i = 0; i + Block <= values.Length; i += Block)
            BoxMuller(values.Slice(i, Block));
        if (values.Length % Block != 0)
        {
            Rand(values[^Block..]);
            BoxMuller(values[^Block..]);
        }
    }

    /// <summary><c>torch.randn</c> in float64; like PyTorch, fewer than 16 values are drawn another way than 16 or more.</summary>
    /// <param name="values">Receives values of the standard normal distribution.</param>
    public void Randn(Span<double> values)
    {
        if (values.Length < Block)
        {
            foreach (ref double value in values)
                value = NextNormal();
            return;
        }
        Rand(values);
        for (int i = 0; i + Block <= values.Length; i += Block)
            BoxMuller(values.Slice(i, Block));
        if (values.Length % Block != 0)
        {
            Rand(values[^Block..]);
            BoxMuller(values[^Block..]);
        }
    }

    /// <summary><c>torch.randint(low, high)</c>.</summary>
    /// <param name="values">Receives integers in [low, high).</param>
    /// <param name="low">Smallest value drawn.</param>
    /// <param name="high">One more than the largest value drawn.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="high"/> is not above <paramref name="low"/>.</exception>
    public void RandInt(Span<long> values, long low, long high)
    {
        if (high <= low)
            throw new ArgumentOutOfRangeException(nameof(high), high, $"RandInt: high must be above low = {low}.");
        ulong range = (ulong)high - (ulong)low;
        foreach (ref long value in values)
            value = (long)((range > uint.MaxValue ? NextUInt64() : NextUInt32()) % range + (ulong)low);
    }

    /// <summary><c>torch.randperm</c>: a random order of the integers 0 to n - 1, where n is the length of the span.</summary>
    /// <param name="values">Receives the permutation.</param>
    public void RandPerm(Span<long> values)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = i;
        for (int i = 0; i < values.Length - 1; i++)
        {
            int j = i + (int)(NextUInt32() % (uint)(values.Length - i));
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    /// <summary><c>torch.bernoulli</c> of a tensor of equal probabilities.</summary>
    /// <param name="values">Receives 1 with the given probability, otherwise 0.</param>
    /// <param name="probability">0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not in 0..1.</exception>
    public void Bernoulli(Span<float> values, float probability)
    {
        if (probability is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "Bernoulli: the probability must be from 0 to 1.");
        foreach (ref float value in values)
            value = NextSingle() < probability ? 1 : 0;
    }

    ulong NextUInt64()
    {
        ulong high = NextUInt32();
        return (high << 32) | NextUInt32();
    }

    float NextSingle() => (NextUInt32() & 0xFFFFFF) * (1f / (1 << 24));

    double NextDouble() => (NextUInt64() & ((1UL << 53) - 1)) * (1.0 / (1UL << 53));

    double NextNormal()
    {
        if (cachedNormal is double cached)
        {
            cachedNormal = null;
            return cached;
        }
        double u1 = NextDouble(), u2 = NextDouble();
        double radius = Math.Sqrt(-2 * Math.Log(1 - u2));
        (double sin, double cos) = Math.SinCos(2 * Math.PI * u1);
        cachedNormal = radius * sin;
        return radius * cos;
    }

    static void BoxMuller(Span<float> block)
    {
        for (int j = 0; j < Block / 2; j++)
        {
            float radius = MathF.Sqrt(-2 * MathF.Log(1 - block[j]));
            (float sin, float cos) = MathF.SinCos(2 * MathF.PI * block[j + Block / 2]);
            (block[j], block[j + Block / 2]) = (radius * cos, radius * sin);
        }
    }

    static void BoxMuller(Span<double> block)
    {
        for (int j = 0; j < Block / 2; j++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - block[j]));
            (double sin, double cos) = Math.SinCos(2 * Math.PI * block[j + Block / 2]);
            (block[j], block[j + Block / 2]) = (radius * cos, radius * sin);
        }
    }
}
