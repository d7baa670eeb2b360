using System.Diagnostics;

namespace AlignT2I.Bench.Tests;

/// <summary>The program as a process of its own, so that its memory is its own.</summary>
internal static class Bench
{
    /// <summary>Runs it to its end.</summary>
    public static (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "bench.dll");
        ProcessStartInfo start = new("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ALIGNT2I_PACKED_WEIGHTS"] = "0";      // memory is to be what the work needs, not what makes it faster
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
