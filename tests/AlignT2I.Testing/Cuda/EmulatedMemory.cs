using AlignT2I.Native;

namespace AlignT2I.Testing;

/// <summary>Device memory with a state per byte: what was never written cannot be read, what is freed cannot be touched.</summary>
internal sealed unsafe class EmulatedMemory(long totalBytes)
{
    const byte Addressable = 1, Initialized = 2, Freed = 4;

    readonly EmulationRuntime runtime = EmulationRuntime.Instance;
    readonly SortedList<nint, EmulatedBlock> blocks = [];
    readonly Dictionary<nint, long> pinned = [];

    public long TotalBytes => totalBytes;

    public long LiveBytes { get; private set; }

    public IEnumerable<EmulatedBlock> Live => blocks.Values.Where(b => !b.Freed);

    public int PinnedCount => pinned.Count;

    public nint Allocate(long bytes)
    {
        if (bytes <= 0)
            throw new CudaException("cuMemAllocAsync", 1, "CUDA_ERROR_INVALID_VALUE", $"{bytes} bytes were asked for");
        if (LiveBytes + bytes > totalBytes)
            throw new CudaException("cuMemAllocAsync", 2, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory");
        nint address = runtime.Reserve(bytes);
        Set(address, bytes, Addressable);
        blocks.Add(address, new EmulatedBlock(blocks.Count + 1, address, bytes));
        LiveBytes += bytes;
        return address;
    }

    /// <summary>What a free at this point would do wrong, before any of it is done.</summary>
    public EmulatedBlock Freeable(nint address)
    {
        if (!blocks.TryGetValue(address, out EmulatedBlock? block))
            throw new EmulationException($"0x{address:x} is freed, which was never allocated; {Near(address)}.");
        return block.Freed ? throw new EmulationException($"{block} is freed twice.") : block;
    }

    public void Free(EmulatedBlock block)
    {
        Set(block.Address, block.Bytes, Freed);
        runtime.Release(block.Address, block.Bytes);
        block.Freed = true;
        LiveBytes -= block.Bytes;
    }

    public void AddPinned(nint host, long bytes) => pinned.Add(host, bytes);

    public bool RemovePinned(nint host) => pinned.Remove(host);

    /// <summary>Whether a range of host memory is wholly inside one pinned allocation.</summary>
    public bool IsPinned(nint host, long bytes) => pinned.Any(p => host >= p.Key && host + bytes <= p.Key + p.Value);

    /// <summary>Fails unless every byte of the range was written.</summary>
    public void RequireReadable(nint address, long bytes, string reader) =>
        Require(address, bytes, Addressable | Initialized, reader, "reads");

    /// <summary>Fails unless the range may be written; from here on it counts as written.</summary>
    public void Write(nint address, long bytes, string writer)
    {
        Require(address, bytes, Addressable, writer, "writes");
        Set(address, bytes, Addressable | Initialized);
    }

    /// <summary>The range holds nothing of value, as scratch memory before and after its use.</summary>
    public void Scramble(nint address, long bytes, string writer)
    {
        Require(address, bytes, Addressable, writer, "writes");
        for (long done = 0; done < bytes; done += int.MaxValue)
            new Span<byte>((void*)(address + (nint)done), (int)Math.Min(bytes - done, int.MaxValue)).Fill(0xCD);
        Set(address, bytes, Addressable);
    }

    /// <summary>Copies states along with the bytes: a copy of what was never written was never written either.</summary>
    public void CopyStates(nint to, nint from, long bytes) => runtime.States(from, bytes).CopyTo(runtime.States(to, bytes));

    /// <summary>The allocation in or beside which an address lies, in words.</summary>
    public string Near(nint address)
    {
        EmulatedBlock? block = Before(address);
        return block is null ? "no block begins before it" : $"it is {address - block.Address} bytes after the start of {block}";
    }

    void Require(nint address, long bytes, int wanted, string who, string verb)
    {
        EmulatedBlock? block = Before(address);
        if (block is null || address + bytes > block.Address + block.Bytes)
            throw new EmulationException($"{who} {verb} {bytes} bytes at 0x{address:x} out of bounds: {Near(address)}.");
        if (block.Freed)
            throw new EmulationException($"{who} {verb} {block}, which is freed.");
        int bad = runtime.States(address, bytes).IndexOfAnyExcept((byte)(Addressable | Initialized), (byte)wanted);
        if (bad >= 0)
            throw new EmulationException($"{who} {verb} uninitialized memory: byte {address - block.Address + bad} of {block}.");
    }

    /// <summary>The last block that begins at or before an address.</summary>
    EmulatedBlock? Before(nint address)
    {
        int low = 0, high = blocks.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (blocks.Keys[middle] <= address)
                low = middle + 1;
            else
                high = middle;
        }

        return low == 0 ? null : blocks.Values[low - 1];
    }

    void Set(nint address, long bytes, byte state) => runtime.States(address, bytes).Fill(state);
}
