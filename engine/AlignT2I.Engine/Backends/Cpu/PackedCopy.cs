namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>A packed weight in use by one kernel call; ends with <c>using</c>.</summary>
/// <param name="block">Its memory; null for none.</param>
internal readonly unsafe struct PackedCopy(PackedWeights.Block? block) : IDisposable
{
    /// <summary>Its first panel; null for none.</summary>
    public float* Pointer => block is null ? null : block.Pointer;

    public void Dispose() => block?.Release();
}
