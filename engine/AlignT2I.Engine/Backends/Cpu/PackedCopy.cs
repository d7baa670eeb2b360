namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>A packed weight in use by one kernel call; ends with <c>using</c>.</summary>
/// <param name="pointer">Its first panel; null for none.</param>
/// <param name="owner">Who keeps it.</param>
internal readonly unsafe struct PackedCopy(float* pointer, PackedWeights? owner) : IDisposable
{
    public float* Pointer => pointer;

    public void Dispose() => owner?.Release();
}
