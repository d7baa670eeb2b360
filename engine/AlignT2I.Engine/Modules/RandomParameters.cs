namespace AlignT2I.Engine;

/// <summary>
/// A new model's parameters: each from a generator of its own, so that a value depends on the seed and the parameter's name only.
/// </summary>
/// <param name="seed">Seed of all.</param>
public sealed class RandomParameters(ulong seed) : ParameterSource
{
    /// <inheritdoc/>
    public override void Read(string name, Shape fileShape, Init init, Span<float> values)
    {
        Philox random = new(seed, Fnv1a.Hash(name));
        if (init.IsNormal)
            random.Normal(values);
        else
            random.Uniform(values);
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(init.Offset + init.Scale * (init.IsNormal ? values[i] : 2 * values[i] - 1));
    }
}
