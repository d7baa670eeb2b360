using System.Runtime.InteropServices;

namespace AlignT2I.Native;

/// <summary>The functions of cuBLASLt, CUDA 11.8 to 13.</summary>
internal static unsafe partial class CublasLtApi
{
    const string Library = "cublasLt";

    [LibraryImport(Library)]
    public static partial int cublasLtCreate(out nint handle);

    [LibraryImport(Library)]
    public static partial int cublasLtDestroy(nint handle);

    [LibraryImport(Library)]
    public static partial nuint cublasLtGetVersion();

    [LibraryImport(Library)]
    public static partial byte* cublasLtGetStatusName(int status);

    [LibraryImport(Library)]
    public static partial byte* cublasLtGetStatusString(int status);

    [LibraryImport(Library)]
    public static partial int cublasLtMatmulDescCreate(out nint descriptor, int computeType, int scaleType);

    [LibraryImport(Library)]
    public static partial int cublasLtMatmulDescDestroy(nint descriptor);

    [LibraryImport(Library)]
    public static partial int cublasLtMatmulDescSetAttribute(nint descriptor, int attribute, void* value, nuint bytes);

    [LibraryImport(Library)]
    public static partial int cublasLtMatrixLayoutCreate(out nint layout, int type, ulong rows, ulong columns, long leading);

    [LibraryImport(Library)]
    public static partial int cublasLtMatrixLayoutDestroy(nint layout);

    [LibraryImport(Library)]
    public static partial int cublasLtMatrixLayoutSetAttribute(nint layout, int attribute, void* value, nuint bytes);

    [LibraryImport(Library)]
    public static partial int cublasLtMatmulPreferenceCreate(out nint preference);

    [LibraryImport(Library)]
    public static partial int cublasLtMatmulPreferenceDestroy(nint preference);

    [LibraryImport(Library)]
    public static partial int cublasLtMatmulPreferenceSetAttribute(nint preference, int attribute, void* value, nuint bytes);

    [LibraryImport(Library)]
    public static partial int cublasLtMatmulAlgoGetHeuristic(
        nint handle, nint operation, nint a, nint b, nint c, nint d, nint preference, int requested,
        CublasLtHeuristic* results, out int found);

    [LibraryImport(Library)]
    public static partial int cublasLtMatmul(
        nint handle, nint operation, void* alpha, nint a, nint layoutA, nint b, nint layoutB, void* beta, nint c, nint layoutC,
        nint d, nint layoutD, CublasLtAlgorithm* algorithm, nint workspace, nuint workspaceBytes, nint stream);
}
