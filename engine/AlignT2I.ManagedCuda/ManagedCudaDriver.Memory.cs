using ManagedCuda.BasicTypes;
using CudaStream = AlignT2I.Native.CudaStream;
using static AlignT2I.ManagedCuda.ManagedStatus;
using static ManagedCuda.DriverAPINativeMethods;

namespace AlignT2I.ManagedCuda;

/// <content>Memory.</content>
public sealed partial class ManagedCudaDriver
{
    /// <inheritdoc/>
    public (long Free, long Total) MemoryInfo()
    {
        SizeT free = 0, total = 0;
        Check(MemoryManagement.cuMemGetInfo_v2(ref free, ref total));
        return ((long)free, (long)total);
    }

    /// <inheritdoc/>
    public nint Allocate(long bytes, CudaStream stream)
    {
        CUdeviceptr pointer = default;
        Check(MemoryManagement.cuMemAllocAsync(ref pointer, bytes, Of(stream)));
        return (nint)(ulong)pointer;
    }

    /// <inheritdoc/>
    public void Free(nint pointer, CudaStream stream) => Check(MemoryManagement.cuMemFreeAsync(Of(pointer), Of(stream)));

    /// <inheritdoc/>
    public void TrimMemory(int device, long keepBytes)
    {
        CUmemoryPool pool = default;
        Check(DeviceManagement.cuDeviceGetDefaultMemPool(ref pool, Device(device)));
        Check(MemoryManagement.cuMemPoolTrimTo(pool, keepBytes));
    }

    /// <inheritdoc/>
    public nint AllocatePinned(long bytes)
    {
        nint host = 0;
        Check(MemoryManagement.cuMemAllocHost_v2(ref host, bytes));
        return host;
    }

    /// <inheritdoc/>
    public void FreePinned(nint host) => Check(MemoryManagement.cuMemFreeHost(host));

    /// <inheritdoc/>
    public void CopyToDevice(nint device, nint host, long bytes, CudaStream stream) =>
        Check(AsynchronousMemcpy_v2.cuMemcpyHtoDAsync_v2(Of(device), host, bytes, Of(stream)));

    /// <inheritdoc/>
    public void CopyToHost(nint host, nint device, long bytes, CudaStream stream) =>
        Check(AsynchronousMemcpy_v2.cuMemcpyDtoHAsync_v2(host, Of(device), bytes, Of(stream)));

    /// <inheritdoc/>
    public void CopyOnDevice(nint to, nint from, long bytes, CudaStream stream) =>
        Check(AsynchronousMemcpy_v2.cuMemcpyDtoDAsync_v2(Of(to), Of(from), bytes, Of(stream)));

    /// <inheritdoc/>
    public void SetBytes(nint device, byte value, long bytes, CudaStream stream) =>
        Check(MemsetAsync.cuMemsetD8Async(Of(device), value, bytes, Of(stream)));

    static CUdeviceptr Of(nint pointer) => new() { Pointer = (ulong)pointer };
}
