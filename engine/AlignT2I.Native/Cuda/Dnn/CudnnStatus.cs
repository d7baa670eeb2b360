using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AlignT2I.Native;

/// <summary>What cuDNN's functions return.</summary>
internal static unsafe class CudnnStatus
{
    const int Success = 0;

    /// <summary>Throws unless the call succeeded.</summary>
    public static void Check(int status, [CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status == Success)
            return;
        string name = Marshal.PtrToStringUTF8((nint)CudnnApi.cudnnGetErrorString(status)) ?? status.ToString(CultureInfo.InvariantCulture);
        throw new CudaException(call.Split('(')[0], status, name, "cuDNN refused; CUDNN_LOGLEVEL_DBG=2 makes it say why");
    }

    /// <summary>Whether the status says that this shape, type or device is not supported, rather than that a call was wrong.</summary>
    /// <remarks>6 and 9 are ARCH_MISMATCH and NOT_SUPPORTED of cuDNN 8; the thousands are the categories of cuDNN 9.</remarks>
    public static bool IsUnsupported(int status) => status is 6 or 9 or (>= 3000 and < 4000);
}
