namespace AlignT2I.Bench.Comparison;

/// <summary>What bounds a case.</summary>
internal enum Limit
{
    /// <summary>Float32 multiply-adds: the case <c>peak_fma</c>.</summary>
    Arithmetic,

    /// <summary>Reading two arrays of memory and writing a third: the case <c>memory_triad_stream_dram</c>.</summary>
    Memory,

    /// <summary>Reading the last-level cache: the case <c>memory_read_l3</c>.</summary>
    SharedCache,
}
