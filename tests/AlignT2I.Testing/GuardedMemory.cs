using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using AlignT2I.Engine.Backends.Cpu;

namespace AlignT2I.Testing;

/// <summary>Blocks that end, or begin, exactly at a page that nobody may touch: an access past one ends the process, as one to a freed
/// block does.</summary>
internal sealed unsafe partial class GuardedMemory(CpuAllocator before, bool atEnd) : CpuAllocator
{
    const int NoAccess = 0, ReadWrite = 3, PrivateAnonymous = 0x22;

    static readonly long page = Environment.SystemPageSize;
    readonly ConcurrentDictionary<nint, (nint Start, long Length)> live = [];

    public override long ReservedBytes => live.Values.Sum(range => range.Length);

    public override nint Allocate(long bytes)
    {
        long inside = (Math.Max(1, bytes) + page - 1) / page * page, length = inside + 2 * page;
        nint start = Map(0, (nuint)length, NoAccess, PrivateAnonymous, -1, 0);
        if (start == -1 || Protect(start + (nint)page, (nuint)inside, ReadWrite) != 0)
            throw new OutOfMemoryException($"The system refuses a guarded block of {bytes} bytes.");
        nint block = start + (nint)page + (atEnd ? (nint)(inside - bytes) : 0);
        live[block] = (start, length);
        return block;
    }

    public override void Free(nint block, long bytes)
    {
        if (live.TryRemove(block, out (nint Start, long Length) range))
            _ = Unmap(range.Start, (nuint)range.Length);
        else
            before.Free(block, bytes);      // of the time before the guards stood
    }

    public override void Trim()
    {
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
