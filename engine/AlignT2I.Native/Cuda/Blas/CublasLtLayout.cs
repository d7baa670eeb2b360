using static AlignT2I.Native.CublasLtApi;
using static AlignT2I.Native.CublasLtStatus;
using static AlignT2I.Native.CublasLtValues;

namespace AlignT2I.Native;

/// <summary>Description of a matrix, or of a batch of them. The library's matrices are column-major.</summary>
internal sealed unsafe class CublasLtLayout : IDisposable
{
    readonly nint handle;

    /// <param name="type">Type of the elements.</param>
    /// <param name="rows">Rows of the column-major matrix.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="leading">Elements from a column to the next.</param>
    /// <param name="batch">Number of matrices.</param>
    /// <param name="stride">Elements from a matrix to the next.</param>
    public CublasLtLayout(NativeType type, long rows, long columns, long leading, int batch, long stride)
    {
        Check(cublasLtMatrixLayoutCreate(out handle, TypeOf(type), (ulong)rows, (ulong)columns, leading));
        if (batch == 1)
            return;
        Check(cublasLtMatrixLayoutSetAttribute(handle, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, &batch, sizeof(int)));
        Check(cublasLtMatrixLayoutSetAttribute(handle, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, &stride, sizeof(long)));
    }

    public nint Handle => handle;

    public void Dispose() => cublasLtMatrixLayoutDestroy(handle);

    static int TypeOf(NativeType type) => type switch
    {
        NativeType.Float32 => CUDA_R_32F,
        NativeType.Float16 => CUDA_R_16F,
        _ => CUDA_R_16BF,
    };
}
