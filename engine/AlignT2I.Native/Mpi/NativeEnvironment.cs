using System.Runtime.InteropServices;

namespace AlignT2I.Native;

/// <summary>The environment as native libraries see it: variables that .NET sets do not reach them.</summary>
internal static partial class NativeEnvironment
{
    /// <summary>
    /// Settings of UCX, which MPI may send through, where the user has none.
    /// It takes the signals over by which .NET knows a null reference: told of none, it leaves them,
    /// and where it never does it need not warn. Reading the memory of another process (cma) it aborts once
    /// that process has died, before anyone can say which: shared memory goes without. What it has put into another process by TCP
    /// it confirms when it leaves, which takes an answer of the other; in MPICH's MPI_Finalize that one may already wait for a last
    /// barrier, and answers no more. Without puts, messages of any size go through shared memory, and TCP sends them in parts.
    /// </summary>
    public static void PrepareUcx()
    {
        if (!OperatingSystem.IsLinux())
            return;
        _ = setenv("UCX_ERROR_SIGNALS", "", overwrite: 0);
        _ = setenv("UCX_WARN_UNUSED_ENV_VARS", "n", overwrite: 0);
        _ = setenv("UCX_TLS", "^cma", overwrite: 0);
        _ = setenv("UCX_TCP_PUT_ENABLE", "n", overwrite: 0);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
