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
    /// <summary>Distance of two positions.</summary>
    public int Stride => Heads * HeadDim;

    /// <summary>
    /// Where head <paramref name="head"/> of image <paramref name="image"/> begins in a tensor with <paramref name="positions"/>
    /// positions.
    /// </summary>
    public long Offset(int image, int head, int positions) => (long)image * positions * Stride + head * HeadDim;
}
