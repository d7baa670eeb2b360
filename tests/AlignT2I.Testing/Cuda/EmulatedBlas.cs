using AlignT2I.Native;

namespace AlignT2I.Testing;

/// <summary>Matrix products of the emulated device, answered by the CPU backend's GEMM.</summary>
internal sealed class EmulatedBlas(EmulatedDriver driver) : ICudaBlas
{
    public Version Version => new(0, 0);

    public bool FusesGelu => true;

    public IMatMulPlan Plan(in MatMulKey key, long maxWorkspaceBytes)
    {
        driver.RequireContext("cublasLtCreate");
        driver.RefuseCapture("cublasLtMatmulAlgoGetHeuristic");
        if (key.Rows < 1 || key.Columns < 1 || key.Inner < 1 || key.Batch < 1)
            throw new CudaException("cublasLtMatrixLayoutCreate", 7, "CUBLAS_STATUS_INVALID_VALUE", $"an empty product, {key}");
        if (key.ResultType != key.Type && key.ResultType != NativeType.Float32)
        {
            throw new CudaException(
                "cublasLtMatmulAlgoGetHeuristic", 15, "CUBLAS_STATUS_NOT_SUPPORTED", $"{key.Type} to {key.ResultType}");
        }

        return new EmulatedMatMul(driver, key);
    }

    public void Dispose()
    {
    }
}
