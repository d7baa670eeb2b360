using System.Diagnostics;
using System.Globalization;

namespace AlignT2I.Bench;

/// <summary>Largest resident memory of this process since the last reset.</summary>
internal static class PeakMemory
{
    const string Reset = "/proc/self/clear_refs", Status = "/proc/self/status", Field = "VmHWM:";

    /// <summary>Begins again from what is resident now, where the system can: on Linux.</summary>
    public static void Restart()
    {
        if (File.Exists(Reset))
            File.WriteAllText(Reset, "5");
    }

    /// <summary>Bytes; since the process' start where the system cannot begin again.</summary>
    public static long Bytes()
    {
        if (File.Exists(Status) && File.ReadLines(Status).FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal)) is { } line)
            return long.Parse(line[Field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) << 10;
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
