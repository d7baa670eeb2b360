using System.Runtime.InteropServices;

namespace AlignT2I.Native;

/// <summary>The functions of MPI 3.</summary>
/// <remarks>
/// Open MPI's handles are pointers and MPICH's are 32-bit integers. A parameter of 64 bits carries both; what is returned through one is
/// written into zeros, so that the integer is its lower half (all systems that .NET runs on are little-endian).
/// </remarks>
internal static unsafe partial class MpiApi
{
    const string Library = "mpi";

    [LibraryImport(Library)]
    public static partial int MPI_Init_thread(nint argumentCount, nint arguments, int required, out int provided);

    [LibraryImport(Library)]
    public static partial int MPI_Initialized(out int yes);

    [LibraryImport(Library)]
    public static partial int MPI_Finalize();

    [LibraryImport(Library)]
    public static partial int MPI_Comm_set_errhandler(nint communicator, nint handler);

    [LibraryImport(Library)]
    public static partial int MPI_Comm_rank(nint communicator, out int rank);

    [LibraryImport(Library)]
    public static partial int MPI_Comm_size(nint communicator, out int size);

    [LibraryImport(Library)]
    public static partial int MPI_Isend(nint buffer, int count, nint type, int to, int tag, nint communicator, ref nint request);

    [LibraryImport(Library)]
    public static partial int MPI_Irecv(nint buffer, int count, nint type, int from, int tag, nint communicator, ref nint request);

    [LibraryImport(Library)]
    public static partial int MPI_Test(ref nint request, out int done, nint status);

    [LibraryImport(Library)]
    public static partial int MPI_Error_string(int code, byte* text, out int length);

    [LibraryImport(Library)]
    public static partial int MPI_Get_library_version(byte* text, out int length);
}
