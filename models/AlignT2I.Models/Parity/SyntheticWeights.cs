using AlignT2I.Engine;

namespace AlignT2I.Models.Parity;

/// <summary>Weights that are a function of the tensor's name alone, so that a recorded case needs no weight file.</summary>
/// <remarks>
/// FNV-1a of the name, exclusive-or with the seed times the golden ratio, splitmix64 of key + index; the upper 24 bits are a uniform
/// number in [-1, 1), scaled by a rule that keeps activations near 1. Bit for bit what the recordings under tests/goldens used.
/// </remarks>
/// <param name="Variant">The scaling rule.</param>
/// <param name="Seed">The model's seed.</param>
public sealed record SyntheticWeights(SyntheticVariant Variant, ulong Seed)
{
    const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>Parses a recording's <c>weights</c> entry, <c>synthetic:VARIANT:SEED</c>.</summary>
    /// <exception cref="FormatException">It is not of that form, or the variant is none of v1, v1he, v1s.</exception>
    public static SyntheticWeights Parse(string text)
    {
        string[] parts = text.Split(':');
        if (parts is not ["synthetic", _, _] || !ulong.TryParse(parts[2], out ulong seed))
            throw new FormatException($"weights are '{text}'; expected 'synthetic:VARIANT:SEED'.");
        return new SyntheticWeights(parts[1] switch
        {
            "v1" => SyntheticVariant.V1,
            "v1he" => SyntheticVariant.V1He,
            "v1s" => SyntheticVariant.V1Small,
            _ => throw new FormatException($"weights are '{text}'; the variant is one of v1, v1he, v1s."),
        }, seed);
    }

    /// <summary>Writes the values of one tensor.</summary>
    /// <param name="name">The tensor's canonical name.</param>
    /// <param name="shape">Its shape in the file: convolutions [O, I, kH, kW], linear layers [out, in].</param>
    /// <param name="values">Receives the elements, row major in that shape.</param>
    public void Fill(string name, ReadOnlySpan<int> shape, Span<float> values)
    {
        (double offset, double scale) = OffsetAndScale(name, shape);
        ulong key = Key(name);
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(offset + scale * Unit(key, (ulong)i));
    }

    /// <summary>The same as an array.</summary>
    /// <param name="name">The tensor's canonical name.</param>
    /// <param name="shape">Its shape in the file.</param>
    public float[] Values(string name, ReadOnlySpan<int> shape)
    {
        int count = 1;
        foreach (int d in shape)
            count = checked(count * d);
        float[] values = new float[count];
        Fill(name, shape, values);
        return values;
    }

    /// <summary>The uniform numbers in [-1, 1) of one tensor, in float64 and without offset or scale.</summary>
    /// <param name="name">The tensor's name; <c>dot:</c> and a parameter's name for the vector that condenses its gradient.</param>
    /// <param name="values">Receives the elements.</param>
    public void FillUnit(string name, Span<double> values)
    {
        ulong key = Key(name);
        for (int i = 0; i < values.Length; i++)
            values[i] = Unit(key, (ulong)i);
    }

    internal ulong Key(string name) => unchecked(Fnv1a.Hash(name) ^ (Seed * Golden));

    static double Unit(ulong key, ulong index)
    {
        unchecked
        {
            ulong z = key + index + Golden;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            z ^= z >> 31;
            return 2 * ((z >> 40) * (1.0 / (1 << 24))) - 1;
        }
    }

    (double Offset, double Scale) OffsetAndScale(string name, ReadOnlySpan<int> shape)
    {
        if (name.EndsWith("token_embedding.weight", StringComparison.Ordinal)
            || name.EndsWith("position_embedding.weight", StringComparison.Ordinal)
            || name.EndsWith("class_embedding", StringComparison.Ordinal))
            return (0, 0.02 * Math.Sqrt(3));
        if (shape.Length >= 2)
        {
            double fanIn = 1;
            foreach (int d in shape[1..])
                fanIn *= d;
            return Variant switch
            {
                SyntheticVariant.V1He => (0, Math.Sqrt(6 / fanIn)),
                SyntheticVariant.V1Small => (0, Math.Sqrt(3 / fanIn) / 256),
                _ => (0, Math.Sqrt(3 / fanIn)),
            };
        }
        if (name.EndsWith(".weight", StringComparison.Ordinal) || name.EndsWith(".running_var", StringComparison.Ordinal))
            return (1, 0.1);
        return (0, Variant == SyntheticVariant.V1Small ? 0.1 / 256 : 0.1);
    }
}
