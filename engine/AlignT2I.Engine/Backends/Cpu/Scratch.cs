namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Working memory of one kernel call, aligned to cache lines; ends with <c>using</c>.</summary>
internal readonly unsafe struct Scratch<T> : IDisposable where T : unmanaged
{
    readonly long bytes;

    Scratch(T* pointer, long bytes)
    {
        Pointer = pointer;
        this.bytes = bytes;
    }

    public T* Pointer { get; }

    /// <summary>Room for <paramref name="count"/> elements of no defined value.</summary>
    public static Scratch<T> Rent(long count)
    {
        long bytes = Math.Max(1, count) * sizeof(T);
        return new Scratch<T>((T*)CpuAllocator.Current.Allocate(bytes), bytes);
    }

    public void Dispose()
    {
        if (Pointer is not null) CpuAllocator.Current.Free((nint)Pointer, bytes);
    }
}
