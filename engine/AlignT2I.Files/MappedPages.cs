using System.Runtime.InteropServices;

namespace AlignT2I.Files;

/// <summary>Takes pages of a file mapped for reading out of the process's resident memory; the next read brings them back.</summary>
/// <remarks>On Linux. Windows trims working sets itself when memory is short, so there it is left to that.</remarks>
internal static unsafe partial class MappedPages
{
    const int DontNeed = 4;     // MADV_DONTNEED

    /// <summary>Releases the pages that a piece of a mapping touches.</summary>
    public static void Release(byte* start, long length)
    {
        if (!OperatingSystem.IsLinux() || length == 0)
            return;
        nint page = Environment.SystemPageSize, first = (nint)start / page * page;
        _ = Advise(first, (nuint)((nint)start + length - first), DontNeed);     // a hint: where it fails the pages stay
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint start, nuint length, int advice);
}
