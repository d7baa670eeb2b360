using System.Text;

namespace AlignT2I.Engine;

/// <summary>A new model's parameters: each from a generator of its own, so that a value depends on the seed and the parameter's name only.</summary>
/// <param name="seed">Seed of all.</param>
public sealed class RandomParameters(ulong seed) : ParameterSource
{
    /// <inheritdoc/>
    public override void Read(string name, Shape fileShape, Init init, Span<float> values)
    {
        Philox random = new(seed, Stream(name));
        if (init.IsNormal)
            random.Normal(values);
        else
            random.Uniform(values);
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(init.Offset + init.Scale * (init.IsNormal ? values[i] : 2 * values[i] - 1));
    }

    /// <summary>FNV-1a of the name.</summary>
    static ulong Stream(string name)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte b in Encoding.UTF8.GetBytes(name))
            hash = (hash ^ b) * 0x100000001B3;
        return hash;
    }
}
