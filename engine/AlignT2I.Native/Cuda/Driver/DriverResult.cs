using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AlignT2I.Native;

/// <summary>What the driver's functions return.</summary>
internal static unsafe class DriverResult
{
    const int Success = 0;

    /// <summary>Throws unless the call succeeded.</summary>
    public static void Check(int result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result != Success)
            throw Explain(result, call);
    }

    /// <summary>The exception for a failed call.</summary>
    public static CudaException Explain(int result, string call)
    {
        string name = DriverApi.cuGetErrorName(result, out byte* n) == Success ? Marshal.PtrToStringUTF8((nint)n)! : "unknown status";
        string words = DriverApi.cuGetErrorString(result, out byte* w) == Success ? Marshal.PtrToStringUTF8((nint)w)! : "no explanation";
        return new CudaException(call.Split('(')[0].Split('.')[^1], result, name, words);
    }
}
