using AlignT2I.Native;

namespace AlignT2I.Testing;

/// <summary>A CUDA device made of the CPU: kernels are compiled as C++ and checked, the CPU backend answers for BLAS and DNN.</summary>
/// <remarks>
/// It throws <see cref="EmulationException"/> for reads and writes out of bounds, reads of what was never written, double frees, launches
/// that do not fit their kernel, dead streams, allocation during a capture; and, when it is disposed, for what was not given back.
/// Memory is checked per driver allocation: give every tensor one of its own to see errors between tensors.
/// </remarks>
public sealed class EmulatedDevice : IDisposable
{
    readonly EmulatedDriver driver;

    EmulatedDevice(long memoryBytes, bool fusesBias, bool fusesAttention)
    {
        driver = new EmulatedDriver(new EmulatedMemory(memoryBytes));
        Libraries = new CudaLibraries(
            driver, new EmulatedNvrtc(), new EmulatedBlas(driver),
            new EmulatedDnn(driver, fusesBias, fusesAttention));
    }

    /// <summary>The four seams.</summary>
    public CudaLibraries Libraries { get; }

    /// <summary>Bytes of device memory that are allocated now.</summary>
    public long LiveBytes => driver.Memory.LiveBytes;

    /// <summary>Launches of graphs so far.</summary>
    public int GraphLaunches => driver.GraphLaunches;

    /// <summary>Launches of kernels so far, those within graphs left out.</summary>
    public int KernelLaunches => driver.KernelLaunches;

    /// <summary>A fresh device; skips the test where g++ is absent.</summary>
    /// <param name="memoryBytes">Size of its memory.</param>
    /// <param name="fusesBias">Whether its DNN library adds biases to convolutions.</param>
    /// <param name="fusesAttention">Whether its DNN library has fused attention for 16-bit types.</param>
    public static EmulatedDevice Open(long memoryBytes = 4L << 30, bool fusesBias = true, bool fusesAttention = false)
    {
        CppCompiler.Require();
        return new EmulatedDevice(memoryBytes, fusesBias, fusesAttention);
    }

    /// <summary>Ends the device.</summary>
    /// <exception cref="EmulationException">Something was not given back.</exception>
    public void Dispose()
    {
        string[] leaks = [.. driver.Leaks()];
        if (leaks.Length > 0)
            throw new EmulationException($"{leaks.Length} leaks: {string.Join("; ", leaks.Take(10))}.");
    }
}
