using System.Runtime.InteropServices;

namespace AlignT2I.Native;

/// <summary>The functions of NCCL 2.7 and newer.</summary>
internal static partial class NcclApi
{
    const string Library = "nccl";

    [LibraryImport(Library)]
    public static partial int ncclGetUniqueId(out NcclId id);

    [LibraryImport(Library)]
    public static partial int ncclCommInitRank(out nint communicator, int size, NcclId id, int rank);

    [LibraryImport(Library)]
    public static partial int ncclGroupStart();

    [LibraryImport(Library)]
    public static partial int ncclGroupEnd();

    [LibraryImport(Library)]
    public static partial int ncclSend(nint device, nuint count, int type, int peer, nint communicator, nint stream);

    [LibraryImport(Library)]
    public static partial int ncclRecv(nint device, nuint count, int type, int peer, nint communicator, nint stream);

    [LibraryImport(Library)]
    public static partial int ncclCommDestroy(nint communicator);

    [LibraryImport(Library)]
    public static partial int ncclCommAbort(nint communicator);

    [LibraryImport(Library)]
    public static partial nint ncclGetErrorString(int result);
}
