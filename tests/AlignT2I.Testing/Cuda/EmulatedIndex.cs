namespace AlignT2I.Testing;

/// <summary>Three numbers of CUDA's (struct Index3 in abi.h).</summary>
internal readonly record struct EmulatedIndex(uint X, uint Y, uint Z)
{
    public override string ToString() => Y == 0 && Z == 0 ? $"{X}" : $"({X}, {Y}, {Z})";
}
