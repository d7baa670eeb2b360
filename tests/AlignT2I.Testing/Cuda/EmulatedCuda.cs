using AlignT2I.Engine;
using AlignT2I.Engine.Backends.Cuda;

namespace AlignT2I.Testing;

/// <summary>An emulated device with a CUDA backend on it; when it ends the device must have everything back.</summary>
public sealed class EmulatedCuda : IDisposable
{
    readonly EmulatedDevice device;
    readonly CudaBackend backend;

    EmulatedCuda(EmulatedDevice device, CudaOptions options)
    {
        this.device = device;
        backend = new CudaBackend(device.Libraries, 0, options);
    }

    /// <summary>The backend.</summary>
    public Backend Backend => backend;

    /// <summary>Launches of graphs so far.</summary>
    public int GraphLaunches => device.GraphLaunches;

    /// <summary>Launches of kernels so far, those within graphs left out.</summary>
    public int KernelLaunches => device.KernelLaunches;

    /// <summary>A fresh backend; skips the test where g++ is absent.</summary>
    /// <param name="cacheMemory">Whether freed memory is kept; without it the device sees an access between two tensors.</param>
    /// <param name="memoryBytes">Size of the device's memory.</param>
    /// <param name="fusesAttention">Whether the device's library has fused attention for 16-bit types.</param>
    /// <param name="fusesBias">Whether the device's library adds biases to convolutions.</param>
    /// <param name="recordWork">Whether work that is done again and again is recorded.</param>
    /// <param name="autotune">Whether convolution engines are timed.</param>
    public static EmulatedCuda Open(
        bool cacheMemory = false, long memoryBytes = 4L << 30, bool fusesAttention = false, bool fusesBias = true,
        bool recordWork = true, bool autotune = false) =>
        new(
            EmulatedDevice.Open(memoryBytes, fusesBias, fusesAttention),
            new CudaOptions { CacheMemory = cacheMemory, CacheFolder = null, RecordWork = recordWork, Autotune = autotune });

    /// <summary>Ends backend and device.</summary>
    /// <exception cref="EmulationException">Something was not given back.</exception>
    public void Dispose()
    {
        backend.Dispose();
        device.Dispose();
    }
}
