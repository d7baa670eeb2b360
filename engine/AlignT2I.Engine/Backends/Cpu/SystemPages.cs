using System.Runtime.InteropServices;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Memory of the system: on Linux address ranges whose pages come with their first touch, 2 MiB at a time where the system
/// allows it; elsewhere memory of the C library.</summary>
internal static unsafe partial class SystemPages
{
    const long HugePage = 2 << 20, Page = 4096;

    /// <summary>Least that is asked of the C library at once.</summary>
    const long LeastRange = 32 << 20;

    const int ReadWrite = 3, Private = 2, Anonymous = 0x20, NoReserve = 0x4000, AdviceDontNeed = 4, AdviceHugePage = 14;

    /// <summary>Whether pages go back one by one, and not the range as a whole.</summary>
    public static bool CanDiscard => OperatingSystem.IsLinux();

    /// <summary>An address range of at least <paramref name="bytes"/>, beginning on a huge page.</summary>
    /// <remarks>On Linux one as large as the memory of the machine, since addresses cost nothing and blocks side by side can become one;
    /// where addresses are limited, as large as is needed.</remarks>
    /// <param name="bytes">Bytes needed.</param>
    /// <param name="size">Bytes there are.</param>
    /// <exception cref="OutOfMemoryException">The system has no such range.</exception>
    public static nint Reserve(long bytes, out long size)
    {
        if (!CanDiscard)
        {
            size = RoundUp(Math.Max(bytes, LeastRange));
            return (nint)NativeMemory.AlignedAlloc((nuint)size, (nuint)Page);
        }
        size = RoundUp(Math.Max(bytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes));
        nint range = Map(size);
        if (range == -1)
            range = Map(size = RoundUp(bytes));
        if (range == -1)
            throw new OutOfMemoryException($"The system refuses {size} bytes of memory.");
        nint start = (nint)RoundUp(range);
        _ = Advise(start, (nuint)size, AdviceHugePage);      // a kernel without huge pages serves small ones
        return start;
    }

    /// <summary>Gives the huge pages inside a range back and keeps its addresses.</summary>
    /// <returns>Bytes given back.</returns>
    public static long Discard(nint address, long bytes)
    {
        nint start = (nint)RoundUp(address), end = (nint)((address + bytes) / HugePage * HugePage);
        return end > start && Advise(start, (nuint)(end - start), AdviceDontNeed) == 0 ? end - start : 0;
    }

    /// <summary>Gives a whole range back, where <see cref="CanDiscard"/> is false.</summary>
    public static void Release(nint range) => NativeMemory.AlignedFree((void*)range);

    /// <summary>A huge page more than asked for, so that the range can begin on one; -1 where the system refuses.</summary>
    static nint Map(long size) => Map(0, (nuint)(size + HugePage), ReadWrite, Private | Anonymous | NoReserve, -1, 0);

    static long RoundUp(long bytes) => (bytes + HugePage - 1) / HugePage * HugePage;

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
