namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>
/// The sizes of one attention: queries [Images, Queries, Heads * HeadDim], keys and values [Images, Keys, Heads * HeadDim].
/// </summary>
/// <param name="Images">Batch.</param>
/// <param name="Queries">S.</param>
/// <param name="Keys">T.</param>
/// <param name="Heads">Heads, packed on the last axis.</param>
/// <param name="HeadDim">Width of one head.</param>
/// <param name="Causal">Query s reads keys 0..s only.</param>
internal readonly record struct AttentionShape(int Images, int Queries, int Keys, int Heads, int HeadDim, bool Causal)
{
    /// <summary>Heads of all images.</summary>
    public int Pairs => Images * Heads;

    /// <summary>Distance of two positions.</summary>
    public int Stride => Heads * HeadDim;

    /// <summary>Whether handing work to another thread costs more than it saves.</summary>
    public bool IsSmall => (double)Pairs * Queries * Keys * HeadDim < 50_000;

    /// <summary>Where a pair's head begins in a tensor with <paramref name="positions"/> positions.</summary>
    /// <param name="pair">Image times <see cref="Heads"/> plus head.</param>
    /// <param name="positions">Queries or keys.</param>
    public long Offset(int pair, int positions)
    {
        (int image, int head) = Math.DivRem(pair, Heads);
        return (long)image * positions * Stride + head * HeadDim;
    }

    /// <summary>Calls <paramref name="body"/> once for each index below <paramref name="count"/>, on all threads unless small.</summary>
    public void ForEach(int count, Action<int> body)
    {
        if (!IsSmall)
            CpuThreads.For(count, body);
        else
            for (int i = 0; i < count; i++) body(i);
    }
}
