using static AlignT2I.Native.CublasLtApi;
using static AlignT2I.Native.CublasLtStatus;
using static AlignT2I.Native.CublasLtValues;

namespace AlignT2I.Native;

/// <summary>What the heuristic is told of the operands beside their shapes.</summary>
internal sealed unsafe class CublasLtPreference : IDisposable
{
    readonly nint handle;

    public CublasLtPreference(long maxWorkspaceBytes, int alignment)
    {
        Check(cublasLtMatmulPreferenceCreate(out handle));
        ulong bytes = (ulong)maxWorkspaceBytes;
        Check(cublasLtMatmulPreferenceSetAttribute(handle, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &bytes, sizeof(ulong)));
        Set(CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE);
        Set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, (uint)alignment);
        Set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, (uint)alignment);
        Set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, (uint)alignment);
        Set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, (uint)alignment);
    }

    public nint Handle => handle;

    public void Dispose() => cublasLtMatmulPreferenceDestroy(handle);

    void Set(int attribute, uint value) => Check(cublasLtMatmulPreferenceSetAttribute(handle, attribute, &value, sizeof(uint)));
}
