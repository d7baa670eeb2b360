using AlignT2I.Engine.Backends.Cuda;

namespace AlignT2I.Engine.Tests.Cuda;

/// <summary>An emulated device with a backend on it; when the fixture ends the device must have everything back.</summary>
internal abstract class CudaFixture
{
    EmulatedDevice? device;

    protected CudaBackend Cuda { get; private set; } = null!;

    /// <summary>Every tensor in memory of its own, so that the device sees an access between two.</summary>
    protected virtual CudaOptions Options => new() { CacheMemory = false, CacheFolder = null };

    [OneTimeSetUp]
    public void Open()
    {
        device = EmulatedDevice.Open();
        Cuda = new CudaBackend(device.Libraries, 0, Options);
    }

    [OneTimeTearDown]
    public void Close()
    {
        if (device is null)
            return;
        Cuda.Dispose();
        device.Dispose();
    }
}
