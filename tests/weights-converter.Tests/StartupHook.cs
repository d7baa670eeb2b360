using System.Globalization;

/// <summary>
/// Loaded by .NET into a program under test before its Main, where DOTNET_STARTUP_HOOKS names this assembly; the runtime wants exactly
/// this name, without a namespace. When the program ends it writes down what the program used.
/// </summary>
internal static class StartupHook
{
    /// <summary>Name of the environment variable with the file that is written.</summary>
    public const string FileVariable = "PROCESS_USAGE_FILE";

    public static void Initialize()
    {
        TimeSpan start = Environment.CpuUsage.TotalTime;
        string file = Environment.GetEnvironmentVariable(FileVariable)!;
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            string peak = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            double seconds = (Environment.CpuUsage.TotalTime - start).TotalSeconds;
            string kib = string.Concat(peak.Where(char.IsAsciiDigit));
            File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"{kib} {seconds}"));
        };
    }
}
