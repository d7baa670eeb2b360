namespace AlignT2I.Native;

/// <summary>The four seams that a CUDA backend needs: native libraries, ManagedCuda, or an emulated device.</summary>
/// <param name="Driver">Devices, memory, kernels.</param>
/// <param name="Nvrtc">Compiler.</param>
/// <param name="Blas">Matrix products.</param>
/// <param name="Dnn">Convolutions and attention.</param>
public sealed record CudaLibraries(ICudaDriver Driver, INvrtc Nvrtc, ICudaBlas Blas, ICudaDnn Dnn)
{
    /// <summary>The native libraries. The driver comes first: it decides which versions of the others it can run.</summary>
    /// <exception cref="CudaUnavailableException">One of them, or a device, is not on this machine.</exception>
    public static CudaLibraries Native()
    {
        NativeCudaDriver driver = new();
        return new CudaLibraries(driver, new NativeNvrtc(), new NativeCublasLt(), new NativeCudnn());
    }
}
