using AlignT2I.Native;
using ManagedCuda;
using ManagedCuda.BasicTypes;
using CudaContext = AlignT2I.Native.CudaContext;
using CudaEvent = AlignT2I.Native.CudaEvent;
using CudaStream = AlignT2I.Native.CudaStream;
using static AlignT2I.ManagedCuda.ManagedStatus;
using static ManagedCuda.DriverAPINativeMethods;

namespace AlignT2I.ManagedCuda;

/// <summary>The driver's seam over ManagedCuda's 1:1 driver API.</summary>
public sealed partial class ManagedCudaDriver : ICudaDriver
{
    /// <summary>Starts the driver.</summary>
    /// <exception cref="CudaUnavailableException">The driver sees no device.</exception>
    public ManagedCudaDriver()
    {
        CUResult result = cuInit(CUInitializationFlags.None);
        if (result == CUResult.ErrorNoDevice)
        {
            throw new CudaUnavailableException(
                "The NVIDIA driver is there but sees no GPU. In a container, start it with the GPU passed through.");
        }

        Check(result, nameof(cuInit));
        int version = 0, count = 0;
        Check(cuDriverGetVersion(ref version));
        Version = new Version(version / 1000, version % 1000 / 10);
        Check(DeviceManagement.cuDeviceGetCount(ref count));
        DeviceCount = count;
    }

    /// <inheritdoc/>
    public Version Version { get; }

    /// <inheritdoc/>
    public int DeviceCount { get; }

    /// <inheritdoc/>
    public string DeviceName(int device)
    {
        byte[] name = new byte[256];
        Check(DeviceManagement.cuDeviceGetName(name, name.Length, Device(device)));
        return System.Text.Encoding.UTF8.GetString(name).TrimEnd('\0');
    }

    /// <inheritdoc/>
    public int DeviceAttribute(int device, CudaDeviceAttribute attribute)
    {
        int value = 0;
        Check(DeviceManagement.cuDeviceGetAttribute(ref value, (CUDeviceAttribute)attribute, Device(device)));
        return value;
    }

    /// <inheritdoc/>
    public CudaContext RetainPrimaryContext(int device)
    {
        CUcontext context = default;
        Check(ContextManagement.cuDevicePrimaryCtxRetain(ref context, Device(device)));
        return new(context.Pointer);
    }

    /// <inheritdoc/>
    public void ReleasePrimaryContext(int device) => Check(ContextManagement.cuDevicePrimaryCtxRelease(Device(device)));

    /// <inheritdoc/>
    public void MakeCurrent(CudaContext context) =>
        Check(ContextManagement.cuCtxSetCurrent(new CUcontext { Pointer = context.Handle }));

    /// <inheritdoc/>
    public void Synchronize() => Check(ContextManagement.cuCtxSynchronize());

    /// <inheritdoc/>
    public CudaStream CreateStream()
    {
        CUstream stream = default;
        Check(Streams.cuStreamCreate(ref stream, CUStreamFlags.NonBlocking));
        return new(stream.Pointer);
    }

    /// <inheritdoc/>
    public void DestroyStream(CudaStream stream) => Check(Streams.cuStreamDestroy_v2(Of(stream)));

    /// <inheritdoc/>
    public void Synchronize(CudaStream stream) => Check(Streams.cuStreamSynchronize(Of(stream)));

    /// <inheritdoc/>
    public void Wait(CudaStream stream, CudaEvent mark) =>
        Check(Streams.cuStreamWaitEvent(Of(stream), Of(mark), 0));

    /// <inheritdoc/>
    public CudaEvent CreateEvent(bool timing = false)
    {
        CUevent mark = default;
        Check(Events.cuEventCreate(ref mark, timing ? CUEventFlags.Default : CUEventFlags.DisableTiming));
        return new(mark.Pointer);
    }

    /// <inheritdoc/>
    public void DestroyEvent(CudaEvent mark) => Check(Events.cuEventDestroy_v2(Of(mark)));

    /// <inheritdoc/>
    public void Record(CudaEvent mark, CudaStream stream) => Check(Events.cuEventRecord(Of(mark), Of(stream)));

    /// <inheritdoc/>
    public void Synchronize(CudaEvent mark) => Check(Events.cuEventSynchronize(Of(mark)));

    /// <inheritdoc/>
    public bool IsReached(CudaEvent mark)
    {
        CUResult result = Events.cuEventQuery(Of(mark));
        if (result == CUResult.ErrorNotReady)
            return false;
        Check(result, nameof(Events.cuEventQuery));
        return true;
    }

    /// <inheritdoc/>
    public float ElapsedMilliseconds(CudaEvent start, CudaEvent end)
    {
        float milliseconds = 0;
        Check(Events.cuEventElapsedTime(ref milliseconds, Of(start), Of(end)));
        return milliseconds;
    }

    static CUdevice Device(int ordinal)
    {
        CUdevice device = default;
        Check(DeviceManagement.cuDeviceGet(ref device, ordinal));
        return device;
    }

    static CUstream Of(CudaStream stream) => new() { Pointer = stream.Handle };

    static CUevent Of(CudaEvent mark) => new() { Pointer = mark.Handle };
}
