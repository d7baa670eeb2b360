using System.Runtime.CompilerServices;
using System.Text;

namespace AlignT2I.Native;

/// <summary>Messages between the processes that a launcher started together. Every call is made by the thread that made this
/// object.</summary>
/// <remarks>
/// MPI 3.1 (mpi-forum.org). Only messages that do not block are bound: what waits for a process that has died would wait for ever.
/// Collective operations are made of them, in an order that is the caller's.
/// </remarks>
public sealed unsafe class NativeMpi
{
    const int Success = 0, ThreadFunneled = 1, Tag = 1, MaxText = 8192;

    readonly MpiHandles handles;

    /// <summary>Loads the library and joins the others: returns when all are there.</summary>
    /// <exception cref="MpiException">There is no MPI library, or it cannot start.</exception>
    public NativeMpi()
    {
        NativeEnvironment.PrepareUcx();     // read as soon as the library is loaded
        LoadedLibrary library = LibraryLoader.TryLoad(SharedLibraries.Mpi)
            ?? throw new MpiException(LibraryLoader.Describe(SharedLibraries.Mpi));
        handles = MpiHandles.Of(library.Handle);
        Check(MpiApi.MPI_Initialized(out int initialized));
        if (initialized == 0)
            Check(MpiApi.MPI_Init_thread(0, 0, ThreadFunneled, out _));
        Check(MpiApi.MPI_Comm_set_errhandler(handles.World, handles.ErrorsReturn));
        Check(MpiApi.MPI_Comm_rank(handles.World, out int rank));
        Check(MpiApi.MPI_Comm_size(handles.World, out int size));
        (Rank, Size) = (rank, size);
        byte* text = stackalloc byte[MaxText];
        Check(MpiApi.MPI_Get_library_version(text, out int length));
        string line = Encoding.UTF8.GetString(text, length).Split('\n', '\0')[0];
        Version = string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Number of this process, from 0.</summary>
    public int Rank { get; }

    /// <summary>Number of processes.</summary>
    public int Size { get; }

    /// <summary>Name and version of the library, one line.</summary>
    public string Version { get; }

    /// <summary>Begins to send bytes.</summary>
    /// <param name="buffer">Their address; they stay unchanged until <see cref="IsDone"/>.</param>
    /// <param name="bytes">Their number.</param>
    /// <param name="to">The rank that receives them.</param>
    /// <returns>The request to ask <see cref="IsDone"/> for.</returns>
    public nint Send(nint buffer, int bytes, int to)
    {
        nint request = 0;
        Check(MpiApi.MPI_Isend(buffer, bytes, handles.Byte, to, Tag, handles.World, ref request));
        return request;
    }

    /// <summary>Begins to receive what a rank sends next.</summary>
    /// <param name="buffer">Address of memory that nothing else touches until <see cref="IsDone"/>.</param>
    /// <param name="bytes">Number of bytes that come.</param>
    /// <param name="from">The rank that sends them.</param>
    /// <returns>The request to ask <see cref="IsDone"/> for.</returns>
    public nint Receive(nint buffer, int bytes, int from)
    {
        nint request = 0;
        Check(MpiApi.MPI_Irecv(buffer, bytes, handles.Byte, from, Tag, handles.World, ref request));
        return request;
    }

    /// <summary>Whether a request is done; it is ended then. Messages move while this is called.</summary>
    public bool IsDone(ref nint request)
    {
        Check(MpiApi.MPI_Test(ref request, out int done, handles.StatusIgnore));
        return done != 0;
    }

    /// <summary>Leaves the others: returns when all leave.</summary>
    public void Finish() => Check(MpiApi.MPI_Finalize());

    static void Check(int result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result == Success)
            return;
        byte* text = stackalloc byte[MaxText];
        bool known = MpiApi.MPI_Error_string(result, text, out int length) == Success;
        string words = known ? Encoding.UTF8.GetString(text, length) : "an unknown error";
        throw new MpiException($"{call.Split('(')[0]["MpiApi.".Length..]}: {words} ({result}).");
    }
}
