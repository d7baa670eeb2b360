using System.Runtime.InteropServices;

namespace AlignT2I.Native;

/// <summary>The environment as native libraries see it: variables that .NET sets do not reach them.</summary>
internal static partial class NativeEnvironment
{
    /// <summary>
    /// UCX, which MPI sends through, may take the signals over by which .NET knows a null reference; told of none, it leaves them, and where
    /// it is built without doing so it need not warn of the variable.
    /// </summary>
    public static void KeepSignalHandlers()
    {
        if (!OperatingSystem.IsLinux())
            return;
        _ = setenv("UCX_ERROR_SIGNALS", "", overwrite: 0);
        _ = setenv("UCX_WARN_UNUSED_ENV_VARS", "n", overwrite: 0);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
