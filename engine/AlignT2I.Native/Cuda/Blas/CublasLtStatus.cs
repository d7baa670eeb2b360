using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AlignT2I.Native;

/// <summary>What cuBLASLt's functions return.</summary>
internal static unsafe class CublasLtStatus
{
    public const int Success = 0, NotSupported = 15;

    /// <summary>Throws unless the call succeeded.</summary>
    public static void Check(int status, [CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status == Success)
            return;
        string name = Marshal.PtrToStringUTF8((nint)CublasLtApi.cublasLtGetStatusName(status)) ?? "unknown status";
        string words = Marshal.PtrToStringUTF8((nint)CublasLtApi.cublasLtGetStatusString(status)) ?? "no explanation";
        throw new CudaException(call.Split('(')[0], status, name, words);
    }
}
