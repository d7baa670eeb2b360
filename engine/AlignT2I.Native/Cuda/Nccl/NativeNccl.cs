using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static AlignT2I.Native.NcclApi;
using static AlignT2I.Native.NcclValues;

namespace AlignT2I.Native;

/// <summary>NCCL itself.</summary>
public sealed class NativeNccl : INccl
{
    /// <summary>Finds the library.</summary>
    /// <exception cref="CudaUnavailableException">It is not on this machine.</exception>
    public NativeNccl() => LibraryLoader.Load(SharedLibraries.Nccl);

    /// <inheritdoc/>
    public byte[] NewId()
    {
        Check(ncclGetUniqueId(out NcclId id));
        return ((ReadOnlySpan<byte>)id).ToArray();
    }

    /// <inheritdoc/>
    public nint Join(byte[] id, int rank, int size)
    {
        NcclId name = default;
        id.CopyTo((Span<byte>)name);
        Check(ncclCommInitRank(out nint communicator, size, name, rank));
        return communicator;
    }

    /// <inheritdoc/>
    public void BeginGroup() => Check(ncclGroupStart());

    /// <inheritdoc/>
    public void EndGroup() => Check(ncclGroupEnd());

    /// <inheritdoc/>
    public void Send(nint communicator, nint device, long bytes, int to, CudaStream stream) =>
        Check(ncclSend(device, (nuint)bytes, ncclInt8, to, communicator, stream.Handle));

    /// <inheritdoc/>
    public void Receive(nint communicator, nint device, long bytes, int from, CudaStream stream) =>
        Check(ncclRecv(device, (nuint)bytes, ncclInt8, from, communicator, stream.Handle));

    /// <inheritdoc/>
    public void Leave(nint communicator) => Check(ncclCommDestroy(communicator));

    /// <inheritdoc/>
    public void Abort(nint communicator) => Check(ncclCommAbort(communicator));

    static void Check(int result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result == ncclSuccess)
            return;
        string words = Marshal.PtrToStringUTF8(ncclGetErrorString(result)) ?? "an unknown error";
        throw new CudaException(call.Split('(')[0], result, "ncclResult_t", words);
    }
}
