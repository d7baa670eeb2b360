using AlignT2I.Native;

namespace AlignT2I.ManagedCuda;

/// <summary>The four seams with ManagedCuda behind three of them.</summary>
public static class ManagedCudaLibraries
{
    /// <summary>Opens the libraries.</summary>
    /// <exception cref="CudaUnavailableException">One of them, or a device, is not on this machine.</exception>
    public static CudaLibraries Open()
    {
        try
        {
            ManagedCudaDriver driver = new();
            return new CudaLibraries(driver, new ManagedNvrtc(), new ManagedCublas(), new NativeCudnn());
        }
        catch (DllNotFoundException e)
        {
            throw new CudaUnavailableException(
                $"ManagedCuda did not find a library of CUDA 12: {e.Message} Install the NVIDIA driver and the CUDA 12 toolkit.");
        }
    }
}
