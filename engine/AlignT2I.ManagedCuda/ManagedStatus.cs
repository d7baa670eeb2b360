using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AlignT2I.Native;
using ManagedCuda;
using ManagedCuda.BasicTypes;
using ManagedCuda.CudaBlas;

namespace AlignT2I.ManagedCuda;

/// <summary>ManagedCuda's results as the exceptions of the seams.</summary>
internal static class ManagedStatus
{
    public static void Check(CUResult result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result == CUResult.Success)
            return;
        nint name = 0, words = 0;
        _ = DriverAPINativeMethods.ErrorHandling.cuGetErrorName(result, ref name);
        _ = DriverAPINativeMethods.ErrorHandling.cuGetErrorString(result, ref words);
        throw new AlignT2I.Native.CudaException(
            Function(call), (int)result, Marshal.PtrToStringUTF8(name) ?? result.ToString(),
            Marshal.PtrToStringUTF8(words) ?? "no explanation");
    }

    public static void Check(CublasStatus status, [CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status != CublasStatus.Success)
            throw new AlignT2I.Native.CudaException(Function(call), (int)status, status.ToString(), "cuBLAS refused");
    }

    static string Function(string call) => call.Split('(')[0].Split('.')[^1];
}
