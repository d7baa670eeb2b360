using System.Diagnostics;
using System.Globalization;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>The built program run as a process of its own, with what it printed and what it used.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Error">What it wrote to standard error.</param>
/// <param name="PeakKiB">Most resident memory, the high-water mark that Linux keeps (VmHWM).</param>
/// <param name="Seconds">Processor time from Main to the end, compilation of its code included.</param>
internal sealed record ProgramRun(int ExitCode, string Error, long PeakKiB, double Seconds)
{
    /// <param name="folder">Where it runs; a file with what it used is left beside this folder.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ProgramRun Of(string folder, params string[] arguments)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("The test reads /proc for the memory of a process; run it on Linux.");
        string usage = folder.TrimEnd('/') + ".usage";
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "weights-converter.dll"), .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
        start.Environment[StartupHook.FileVariable] = usage;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(), output = process.StandardOutput.ReadToEndAsync();
        process.WaitForExit();
        Task.WaitAll(error, output);
        try
        {
            string[] used = File.ReadAllText(usage).Split(' ');
            return new ProgramRun(process.ExitCode, error.Result,
                long.Parse(used[0], CultureInfo.InvariantCulture), double.Parse(used[1], CultureInfo.InvariantCulture));
        }
        finally
        {
            File.Delete(usage);
        }
    }
}
