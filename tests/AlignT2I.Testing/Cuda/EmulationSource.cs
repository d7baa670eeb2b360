using System.Text;
using System.Text.RegularExpressions;

namespace AlignT2I.Testing;

/// <summary>Turns a preprocessed kernel file into C++ with a table of its kernels.</summary>
internal static partial class EmulationSource
{
    /// <summary>
    /// What stands around the kernels. The nameless namespace gives every function, and its shared memory, to this file alone.
    /// </summary>
    public const string Form = """
        #include "builtins.h"
        namespace {
        KERNELS
        }
        extern "C" { extern const Kernel emulated_kernels[]; }
        const Kernel emulated_kernels[] = {
        TABLE
            {}
        };
        """;

    /// <summary>The C++ of a kernel file.</summary>
    public static string Wrap(string preprocessed)
    {
        StringBuilder table = new();
        foreach (Match kernel in KernelName().Matches(preprocessed))
        {
            string threads = kernel.Groups["threads"].Success ? kernel.Groups["threads"].Value : "1024";
            table.AppendLine($"    EMULATED_KERNEL({kernel.Groups["name"].Value}, {threads}),");
        }

        return Form.Replace("TABLE", table.ToString(), StringComparison.Ordinal)
            .Replace("KERNELS", preprocessed, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"__global__\s+void\s+(__launch_bounds__\s*\(\s*(?<threads>[^,()]+)(,[^()]*)?\)\s*)?(?<name>\w+)\s*\(")]
    private static partial Regex KernelName();
}
