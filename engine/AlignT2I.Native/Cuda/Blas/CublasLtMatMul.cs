using static AlignT2I.Native.CublasLtApi;
using static AlignT2I.Native.CublasLtStatus;
using static AlignT2I.Native.CublasLtValues;

namespace AlignT2I.Native;

/// <summary>A matrix product of cuBLASLt.</summary>
/// <remarks>
/// A row-major matrix is, seen as column-major, its transpose. So c = op(a) op(b) is computed as c^T = op(b)^T op(a)^T: the library's A is
/// our b, and its rows, along which a bias runs, are our columns.
/// </remarks>
internal sealed unsafe class CublasLtMatMul : IMatMulPlan
{
    readonly nint library;
    readonly nint operation;
    readonly CublasLtLayout a, b, c;
    readonly bool hasBias, hasResidual;
    CublasLtAlgorithm algorithm;

    public CublasLtMatMul(nint library, in MatMulKey key, long maxWorkspaceBytes)
    {
        this.library = library;
        hasBias = key.Epilogue != MatMulEpilogue.None;
        hasResidual = key.Residual;
        b = key.TransposeB
            ? new CublasLtLayout(key.Type, key.Inner, key.Columns, key.LeadingB, key.Batch, key.StrideB)
            : new CublasLtLayout(key.Type, key.Columns, key.Inner, key.LeadingB, key.Batch, key.StrideB);
        a = key.TransposeA
            ? new CublasLtLayout(key.Type, key.Rows, key.Inner, key.LeadingA, key.Batch, key.StrideA)
            : new CublasLtLayout(key.Type, key.Inner, key.Rows, key.LeadingA, key.Batch, key.StrideA);
        c = new CublasLtLayout(key.ResultType, key.Columns, key.Rows, key.LeadingC, key.Batch, key.StrideC);
        bool tensorFloat32 = key.TensorFloat32 && key.Type == NativeType.Float32;
        Check(cublasLtMatmulDescCreate(out operation, tensorFloat32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F, CUDA_R_32F));
        Set(CUBLASLT_MATMUL_DESC_TRANSA, key.TransposeB ? CUBLAS_OP_T : CUBLAS_OP_N);
        Set(CUBLASLT_MATMUL_DESC_TRANSB, key.TransposeA ? CUBLAS_OP_T : CUBLAS_OP_N);
        Set(CUBLASLT_MATMUL_DESC_EPILOGUE, key.Epilogue switch
        {
            MatMulEpilogue.Bias => CUBLASLT_EPILOGUE_BIAS,
            MatMulEpilogue.BiasGeluTanh => CUBLASLT_EPILOGUE_GELU_BIAS,
            _ => CUBLASLT_EPILOGUE_DEFAULT,
        });
        if (hasBias)
            SetBias(key.Alignment);     // the heuristic looks at the address' alignment, not behind it
        Choose(key, maxWorkspaceBytes);
    }

    public long WorkspaceBytes { get; private set; }

    public void Run(in MatMulOperands operands, nint workspace, CudaStream stream)
    {
        float alpha = operands.Alpha, beta = hasResidual ? operands.Beta : 0;
        if (hasBias)
            SetBias(operands.Bias);
        fixed (CublasLtAlgorithm* chosen = &algorithm)
        {
            Check(cublasLtMatmul(
                library, operation, &alpha, operands.B, b.Handle, operands.A, a.Handle, &beta,
                hasResidual ? operands.Residual : operands.C, c.Handle, operands.C, c.Handle, chosen, workspace, (nuint)WorkspaceBytes,
                stream.Handle));
        }
    }

    public void Dispose()
    {
        a.Dispose();
        b.Dispose();
        c.Dispose();
        cublasLtMatmulDescDestroy(operation);
    }

    void Choose(in MatMulKey key, long maxWorkspaceBytes)
    {
        using CublasLtPreference preference = new(maxWorkspaceBytes, key.Alignment);
        CublasLtHeuristic result;
        int status = cublasLtMatmulAlgoGetHeuristic(
            library, operation, b.Handle, a.Handle, c.Handle, c.Handle, preference.Handle, 1, &result, out int found);
        if (status is Success && found > 0)
            status = result.Status;
        Check(status is Success && found == 0 ? NotSupported : status, $"cublasLtMatmulAlgoGetHeuristic of {key}");
        algorithm = result.Algorithm;
        WorkspaceBytes = (long)result.WorkspaceBytes;
    }

    void SetBias(nint bias) =>
        Check(cublasLtMatmulDescSetAttribute(operation, CUBLASLT_MATMUL_DESC_BIAS_POINTER, &bias, (nuint)sizeof(nint)));

    void Set(int attribute, int value) => Check(cublasLtMatmulDescSetAttribute(operation, attribute, &value, sizeof(int)));
}
