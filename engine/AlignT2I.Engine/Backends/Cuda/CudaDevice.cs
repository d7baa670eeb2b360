using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>One device: its context, the stream in which all of the backend's work is queued, and what it says of itself.</summary>
internal sealed class CudaDevice : IDisposable
{
    readonly ICudaDriver driver;
    readonly CudaContext context;

    public CudaDevice(ICudaDriver driver, int index)
    {
        this.driver = driver;
        Index = index;
        context = driver.RetainPrimaryContext(index);
        driver.MakeCurrent(context);
        Stream = driver.CreateStream();
        Name = driver.DeviceName(index);
        Multiprocessors = driver.DeviceAttribute(index, CudaDeviceAttribute.MultiprocessorCount);
        Architecture = 10 * driver.DeviceAttribute(index, CudaDeviceAttribute.ComputeCapabilityMajor)
            + driver.DeviceAttribute(index, CudaDeviceAttribute.ComputeCapabilityMinor);
    }

    public int Index { get; }

    public string Name { get; }

    public CudaStream Stream { get; }

    public int Multiprocessors { get; }

    /// <summary>Compute capability without the point: 80, 90.</summary>
    public int Architecture { get; }

    /// <summary>The driver, with this device's context current on the calling thread.</summary>
    public ICudaDriver Driver
    {
        get
        {
            MakeCurrent();
            return driver;
        }
    }

    /// <summary>Makes this device the calling thread's: libraries beside the driver work on whichever is that.</summary>
    public void MakeCurrent() => driver.MakeCurrent(context);

    public void Synchronize() => Driver.Synchronize(Stream);

    public void Dispose()
    {
        Driver.DestroyStream(Stream);
        driver.ReleasePrimaryContext(Index);
    }
}
