using AlignT2I.Native;
using ManagedCuda.CudaBlas;
using static AlignT2I.ManagedCuda.ManagedStatus;

namespace AlignT2I.ManagedCuda;

/// <summary>Matrix products over ManagedCuda's cuBLAS.</summary>
public sealed class ManagedCublas : ICudaBlas
{
    CudaBlasHandle handle;

    /// <inheritdoc/>
    public Version Version
    {
        get
        {
            int version = 0;
            Check(CudaBlasNativeMethods.cublasGetVersion_v2(Handle, ref version));
            return new Version(version / 10000, version / 100 % 100, version % 100);
        }
    }

    CudaBlasHandle Handle
    {
        get
        {
            if (handle.Pointer == 0)
                Check(CudaBlasNativeMethods.cublasCreate_v2(ref handle));
            return handle;
        }
    }

    /// <inheritdoc/>
    public bool FusesGelu => false;

    /// <inheritdoc/>
    public IMatMulPlan Plan(in MatMulKey key, long maxWorkspaceBytes)
    {
        if (key.Epilogue == MatMulEpilogue.BiasGeluTanh)
            throw new CudaException("cublasGemmStridedBatchedEx", 15, "CUBLAS_STATUS_NOT_SUPPORTED", "cuBLAS has no GELU; cuBLASLt has");
        return new ManagedMatMul(Handle, key, maxWorkspaceBytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (handle.Pointer != 0)
            _ = CudaBlasNativeMethods.cublasDestroy_v2(handle);
        handle = default;
    }
}
