namespace AlignT2I.Training.Miniature;

/// <summary>SplitMix64: a small generator whose numbers stay the same on every machine and .NET version.</summary>
/// <remarks>Steele, Lea &amp; Flood 2014, "Fast splittable pseudorandom number generators".</remarks>
internal struct WorldRandom
{
    const ulong Golden = 0x9E3779B97F4A7C15;
    ulong state;

    public WorldRandom(ulong seed) => state = seed;

    /// <summary>A generator for item <paramref name="index"/> of the stream <paramref name="seed"/>.</summary>
    public WorldRandom(ulong seed, ulong index)
    {
        state = seed;
        state = NextUInt64() + index * 0xD1342543DE82EF95;
    }

    public ulong NextUInt64()
    {
        ulong z = state += Golden;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number in 0 .. <paramref name="count"/> - 1.</summary>
    public int NextInt(int count) => (int)Math.BigMul(NextUInt64(), (ulong)count, out _);

    /// <summary>A number in [0, 1) with 24 random bits.</summary>
    public float NextSingle() => (NextUInt64() >> 40) * (1f / (1 << 24));

    /// <summary>A number in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public float NextSingle(float low, float high) => low + (high - low) * NextSingle();

    public bool NextBool(float probability) => NextSingle() < probability;

    public T Pick<T>(IReadOnlyList<T> items) => items[NextInt(items.Count)];

    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
