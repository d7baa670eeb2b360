namespace AlignT2I.Engine;

/// <summary>A block of a backend's memory, counted by the tensors that see it; back in the pool when the last lets go.</summary>
internal sealed class Storage(Backend backend, long bytes)
{
    int references = 1;

    public Backend Backend { get; } = backend;

    public long Bytes { get; } = bytes;

    public nint Pointer { get; } = backend.Allocate(bytes);

    public bool Shared => references > 1;

    public Storage Retain()
    {
        Interlocked.Increment(ref references);
        return this;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref references) == 0)
            Backend.Free(Pointer, Bytes);
    }
}
