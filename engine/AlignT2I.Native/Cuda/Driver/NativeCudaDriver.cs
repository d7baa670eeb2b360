using System.Runtime.InteropServices;
using static AlignT2I.Native.DriverApi;
using static AlignT2I.Native.DriverResult;
using static AlignT2I.Native.DriverValues;

namespace AlignT2I.Native;

/// <summary>The driver itself.</summary>
public sealed unsafe partial class NativeCudaDriver : ICudaDriver
{
    const int OldestVersion = 11080;

    /// <summary>Finds the driver and starts it.</summary>
    /// <exception cref="CudaUnavailableException">There is no driver, it is older than CUDA 11.8, or it sees no device.</exception>
    public NativeCudaDriver()
    {
        LibraryLoader.Load(SharedLibraries.Driver);
        Check(cuDriverGetVersion(out int version));
        Version = new Version(version / 1000, version % 1000 / 10);
        LibraryLoader.DriverMajor = Version.Major;
        if (version < OldestVersion)
        {
            throw new CudaUnavailableException(
                $"The NVIDIA driver speaks CUDA {Version}; 11.8 or newer is needed. {SharedLibraries.Driver.Install}");
        }

        int result = cuInit(0);
        if (result == CUDA_ERROR_NO_DEVICE)
        {
            throw new CudaUnavailableException(
                $"The NVIDIA driver (CUDA {Version}) is there but sees no GPU. {SharedLibraries.Driver.Install}");
        }

        if (result != 0)
        {
            throw new CudaUnavailableException(
                $"The NVIDIA driver (CUDA {Version}) is there but does not start: {Explain(result, nameof(cuInit)).Message}");
        }

        Check(cuDeviceGetCount(out int count));
        DeviceCount = count;
    }

    /// <inheritdoc/>
    public Version Version { get; }

    /// <inheritdoc/>
    public int DeviceCount { get; }

    /// <inheritdoc/>
    public string DeviceName(int device)
    {
        byte* name = stackalloc byte[256];
        Check(cuDeviceGetName(name, 256, Device(device)));
        return Marshal.PtrToStringUTF8((nint)name)!;
    }

    /// <inheritdoc/>
    public int DeviceAttribute(int device, CudaDeviceAttribute attribute)
    {
        Check(cuDeviceGetAttribute(out int value, (int)attribute, Device(device)));
        return value;
    }

    /// <inheritdoc/>
    public CudaContext RetainPrimaryContext(int device)
    {
        Check(cuDevicePrimaryCtxRetain(out nint context, Device(device)));
        return new CudaContext(context);
    }

    /// <inheritdoc/>
    public void ReleasePrimaryContext(int device) => Check(cuDevicePrimaryCtxRelease_v2(Device(device)));

    /// <inheritdoc/>
    public void MakeCurrent(CudaContext context) => Check(cuCtxSetCurrent(context.Handle));

    /// <inheritdoc/>
    public void Synchronize() => Check(cuCtxSynchronize());

    /// <inheritdoc/>
    public CudaStream CreateStream()
    {
        Check(cuStreamCreate(out nint stream, CU_STREAM_NON_BLOCKING));
        return new CudaStream(stream);
    }

    /// <inheritdoc/>
    public void DestroyStream(CudaStream stream) => Check(cuStreamDestroy_v2(stream.Handle));

    /// <inheritdoc/>
    public void Synchronize(CudaStream stream) => Check(cuStreamSynchronize(stream.Handle));

    /// <inheritdoc/>
    public void Wait(CudaStream stream, CudaEvent mark) => Check(cuStreamWaitEvent(stream.Handle, mark.Handle, 0));

    /// <inheritdoc/>
    public CudaEvent CreateEvent(bool timing = false)
    {
        Check(cuEventCreate(out nint mark, timing ? 0 : CU_EVENT_DISABLE_TIMING));
        return new CudaEvent(mark);
    }

    /// <inheritdoc/>
    public void DestroyEvent(CudaEvent mark) => Check(cuEventDestroy_v2(mark.Handle));

    /// <inheritdoc/>
    public void Record(CudaEvent mark, CudaStream stream) => Check(cuEventRecord(mark.Handle, stream.Handle));

    /// <inheritdoc/>
    public void Synchronize(CudaEvent mark) => Check(cuEventSynchronize(mark.Handle));

    /// <inheritdoc/>
    public bool IsReached(CudaEvent mark)
    {
        int result = cuEventQuery(mark.Handle);
        if (result == CUDA_ERROR_NOT_READY)
            return false;
        Check(result, nameof(cuEventQuery));
        return true;
    }

    /// <inheritdoc/>
    public float ElapsedMilliseconds(CudaEvent start, CudaEvent end)
    {
        Check(cuEventElapsedTime(out float milliseconds, start.Handle, end.Handle));
        return milliseconds;
    }

    static int Device(int ordinal)
    {
        Check(cuDeviceGet(out int device, ordinal));
        return device;
    }
}
