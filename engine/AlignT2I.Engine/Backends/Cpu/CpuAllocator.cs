namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Where the tensors and the working memory of the CPU come from: both from one place, so that either takes what the other
/// has freed.</summary>
internal abstract class CpuAllocator
{
    /// <summary>The allocator of this process. Tests put another one here, which sees every access past a block.</summary>
    public static CpuAllocator Current { get; set; } = new CpuMemoryPool();

    /// <summary>Bytes taken from the system and not given back.</summary>
    public abstract long ReservedBytes { get; }

    /// <summary>A block of <paramref name="bytes"/> bytes of no defined value; of 0 bytes, a valid address.</summary>
    public abstract nint Allocate(long bytes);

    /// <summary>Takes a block back; <paramref name="bytes"/> as it was asked for.</summary>
    public abstract void Free(nint block, long bytes);

    /// <summary>Gives large blocks that are free back to the system.</summary>
    public abstract void Trim();
}
