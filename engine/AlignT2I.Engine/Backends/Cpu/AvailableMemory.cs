using System.Globalization;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>How much memory this process may still take.</summary>
internal static class AvailableMemory
{
    const string LinuxFile = "/proc/meminfo", LinuxLine = "MemAvailable:";

    /// <summary>Bytes that are free or can be freed; at most the limit of the process's container.</summary>
    public static long Bytes()
    {
        long limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (!File.Exists(LinuxFile))
            return limit;
        string? line = File.ReadLines(LinuxFile).FirstOrDefault(l => l.StartsWith(LinuxLine, StringComparison.Ordinal));
        string[] words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words is [_, var kibibytes, ..] && long.TryParse(kibibytes, NumberStyles.None, CultureInfo.InvariantCulture, out long free)
            ? Math.Min(limit, free * 1024) : limit;
    }
}
