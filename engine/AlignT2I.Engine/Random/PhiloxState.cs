namespace AlignT2I.Engine;

/// <summary>Everything a <see cref="Philox"/> generator is; a checkpoint that keeps these three numbers resumes it bit for bit.</summary>
/// <param name="Seed">The key.</param>
/// <param name="Stream">Number of the independent sequence under that key.</param>
/// <param name="Counter">How many blocks of 128 bits have been used.</param>
public readonly record struct PhiloxState(ulong Seed, ulong Stream, ulong Counter);
