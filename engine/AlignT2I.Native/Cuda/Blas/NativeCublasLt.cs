using static AlignT2I.Native.CublasLtApi;
using static AlignT2I.Native.CublasLtStatus;

namespace AlignT2I.Native;

/// <summary>cuBLASLt itself.</summary>
public sealed class NativeCublasLt : ICudaBlas
{
    nint handle;

    /// <summary>Finds the library.</summary>
    /// <exception cref="CudaUnavailableException">It is not on this machine.</exception>
    public NativeCublasLt()
    {
        LibraryLoader.Load(SharedLibraries.CublasLt);
        int version = (int)cublasLtGetVersion();
        Version = version < 100_000
            ? new Version(version / 1000, version % 1000 / 100, version % 100)      // as cuBLAS counted before 11.9
            : new Version(version / 10000, version / 100 % 100, version % 100);
    }

    /// <inheritdoc/>
    public Version Version { get; }

    /// <inheritdoc/>
    public bool FusesGelu => true;

    /// <inheritdoc/>
    public IMatMulPlan Plan(in MatMulKey key, long maxWorkspaceBytes)
    {
        if (handle == 0)
            Check(cublasLtCreate(out handle));
        return new CublasLtMatMul(handle, key, maxWorkspaceBytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (handle != 0)
            cublasLtDestroy(handle);
        handle = 0;
    }
}
