using static AlignT2I.Native.DriverApi;
using static AlignT2I.Native.DriverResult;

namespace AlignT2I.Native;

/// <content>Memory.</content>
public sealed unsafe partial class NativeCudaDriver
{
    /// <inheritdoc/>
    public (long Free, long Total) MemoryInfo()
    {
        Check(cuMemGetInfo_v2(out nuint free, out nuint total));
        return ((long)free, (long)total);
    }

    /// <inheritdoc/>
    public nint Allocate(long bytes, CudaStream stream)
    {
        Check(cuMemAllocAsync(out nint pointer, (nuint)bytes, stream.Handle));
        return pointer;
    }

    /// <inheritdoc/>
    public void Free(nint pointer, CudaStream stream) => Check(cuMemFreeAsync(pointer, stream.Handle));

    /// <inheritdoc/>
    public void TrimMemory(int device, long keepBytes)
    {
        Check(cuDeviceGetDefaultMemPool(out nint pool, Device(device)));
        Check(cuMemPoolTrimTo(pool, (nuint)keepBytes));
    }

    /// <inheritdoc/>
    public nint AllocatePinned(long bytes)
    {
        Check(cuMemAllocHost_v2(out nint host, (nuint)bytes));
        return host;
    }

    /// <inheritdoc/>
    public void FreePinned(nint host) => Check(cuMemFreeHost(host));

    /// <inheritdoc/>
    public void CopyToDevice(nint device, nint host, long bytes, CudaStream stream) =>
        Check(cuMemcpyHtoDAsync_v2(device, host, (nuint)bytes, stream.Handle));

    /// <inheritdoc/>
    public void CopyToHost(nint host, nint device, long bytes, CudaStream stream) =>
        Check(cuMemcpyDtoHAsync_v2(host, device, (nuint)bytes, stream.Handle));

    /// <inheritdoc/>
    public void CopyOnDevice(nint to, nint from, long bytes, CudaStream stream) =>
        Check(cuMemcpyDtoDAsync_v2(to, from, (nuint)bytes, stream.Handle));

    /// <inheritdoc/>
    public void SetBytes(nint device, byte value, long bytes, CudaStream stream) =>
        Check(cuMemsetD8Async(device, value, (nuint)bytes, stream.Handle));
}
