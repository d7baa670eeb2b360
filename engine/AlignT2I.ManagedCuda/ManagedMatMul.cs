using AlignT2I.Native;
using ManagedCuda;
using ManagedCuda.BasicTypes;
using ManagedCuda.CudaBlas;
using CudaStream = AlignT2I.Native.CudaStream;
using static AlignT2I.ManagedCuda.ManagedStatus;

namespace AlignT2I.ManagedCuda;

/// <summary>A matrix product of cuBLAS. A bias is the product of a column of ones with it, on which the other product is added.</summary>
internal sealed unsafe class ManagedMatMul : IMatMulPlan
{
    const long MostWorkspace = 32L << 20;       // what cuBLAS recommends for the newest devices

    readonly CudaBlasHandle library;
    readonly MatMulKey key;
    readonly CudaDeviceVariable<byte>? ones;

    public ManagedMatMul(CudaBlasHandle library, MatMulKey key, long maxWorkspaceBytes)
    {
        (this.library, this.key) = (library, key);
        WorkspaceBytes = System.Math.Min(maxWorkspaceBytes, MostWorkspace);
        if (key.Residual && (key.LeadingC != key.Columns || key.StrideC != (long)key.Rows * key.Columns))
            throw new Native.CudaException("cublasGemmEx", 15, "CUBLAS_STATUS_NOT_SUPPORTED", "a residual whose rows are apart");
        if (key.Epilogue == MatMulEpilogue.Bias)
            ones = Ones(key.Rows, key.ResultType);
    }

    public long WorkspaceBytes { get; }

    public void Run(in MatMulOperands o, nint workspace, CudaStream stream)
    {
        CUstream queue = new() { Pointer = stream.Handle };
        Check(CudaBlasNativeMethods.cublasSetStream_v2(library, queue));
        Check(CudaBlasNativeMethods.cublasSetWorkspace_v2(library, At(workspace), WorkspaceBytes));
        float beta = key.Residual ? o.Beta : 0;
        if (key.Residual && o.Residual != o.C)
        {
            long bytes = key.Batch * key.StrideC * Size(key.ResultType);
            Check(DriverAPINativeMethods.AsynchronousMemcpy_v2.cuMemcpyDtoDAsync_v2(At(o.C), At(o.Residual), bytes, queue));
        }

        if (ones is not null)
        {
            nint column = (nint)(ulong)ones.DevicePointer;
            Multiply(
                Operation.NonTranspose, Operation.NonTranspose, 1, 1, o.Bias, key.ResultType, key.Columns, 0, column, 1, 0, beta, o.C);
            beta = 1;
        }

        Multiply(
            key.TransposeB ? Operation.Transpose : Operation.NonTranspose, key.TransposeA ? Operation.Transpose : Operation.NonTranspose,
            key.Inner, o.Alpha, o.B, key.Type, (int)key.LeadingB, key.StrideB, o.A, (int)key.LeadingA, key.StrideA, beta, o.C);
    }

    public void Dispose() => ones?.Dispose();

    /// <summary>c^T = alpha left right + beta c^T, column-major: see the row-major products of AlignT2I.Native's cuBLASLt.</summary>
    void Multiply(
        Operation opLeft, Operation opRight, int inner, float alpha, nint left, NativeType type, int leadingLeft, long strideLeft,
        nint right, int leadingRight, long strideRight, float beta, nint c)
    {
        // The overload for numbers on the host declares the compute type as a data type; the library reads a compute type.
        bool tensorFloat32 = key.TensorFloat32 && key.Type == NativeType.Float32;
        var compute = (cudaDataType)(tensorFloat32 ? ComputeType.Compute32FFastTF32 : ComputeType.Compute32F);
        Check(CudaBlasNativeMethods.cublasGemmStridedBatchedEx(
            library, opLeft, opRight, key.Columns, key.Rows, inner, (nint)(&alpha), At(left), Of(type), leadingLeft, strideLeft, At(right),
            Of(type), leadingRight, strideRight, (nint)(&beta), At(c), Of(key.ResultType), (int)key.LeadingC, key.StrideC, key.Batch,
            compute, GemmAlgo.Default));
    }

    static CudaDeviceVariable<byte> Ones(int count, NativeType type)
    {
        byte[] one = type switch
        {
            NativeType.Float32 => BitConverter.GetBytes(1f),
            NativeType.Float16 => BitConverter.GetBytes((Half)1),
            _ => [0x80, 0x3F],
        };
        CudaDeviceVariable<byte> ones = new((long)count * one.Length);
        ones.CopyToDevice([.. Enumerable.Range(0, count).SelectMany(_ => one)]);
        return ones;
    }

    static long Size(NativeType type) => type == NativeType.Float32 ? 4 : 2;

    static CUdeviceptr At(nint pointer) => new() { Pointer = (ulong)pointer };

    static cudaDataType Of(NativeType type) => type switch
    {
        NativeType.Float32 => cudaDataType.CUDA_R_32F,
        NativeType.Float16 => cudaDataType.CUDA_R_16F,
        _ => cudaDataType.CUDA_R_16BF,
    };
}
