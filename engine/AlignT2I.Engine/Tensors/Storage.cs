namespace AlignT2I.Engine;

/// <summary>A block of a backend's memory, counted by the tensors that see it; back in the pool when the last lets go.</summary>
internal sealed class Storage(Backend backend, long bytes)
{
    readonly nint pointer = backend.Allocate(bytes);
    int references = 1;
    long version;
    bool lent;

    public Backend Backend { get; } = backend;

    public long Bytes { get; } = bytes;

    /// <summary>The memory. Whoever takes it may write it now, so <see cref="Version"/> counts on: no writer can forget to.</summary>
    public nint Pointer
    {
        get
        {
            version++;
            return pointer;
        }
    }

    /// <summary>The memory, for those that only read it.</summary>
    public nint ReadPointer => pointer;

    /// <summary>Another number whenever the contents may have changed; null where they may change at any time.</summary>
    public long? Version => lent ? null : version;

    /// <summary>What the backend has made of the contents; ends with the block.</summary>
    public IDisposable? Derived { get; set; }

    public bool Shared => references > 1;

    public Storage Retain()
    {
        Interlocked.Increment(ref references);
        return this;
    }

    /// <summary>The memory leaves our hands: it may be written at any time from now on.</summary>
    public void Lend() => lent = true;

    public void Release()
    {
        if (Interlocked.Decrement(ref references) != 0)
            return;
        Derived?.Dispose();
        Backend.Free(pointer, Bytes);
    }
}
