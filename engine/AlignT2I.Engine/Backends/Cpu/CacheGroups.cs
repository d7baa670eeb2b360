using System.Globalization;
using System.Runtime.InteropServices;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>The processors that this process may run on, in groups that share a last-level cache.</summary>
/// <remarks>
/// Linux says which: <c>Cpus_allowed_list</c> of <c>/proc/self/status</c>, and <c>shared_cpu_list</c> of each processor's third-level
/// cache. Elsewhere, and where that is not to be read, all processors are one group.
/// </remarks>
internal sealed partial class CacheGroups
{
    const string System = "/sys/devices/system/cpu", Status = "/proc/self/status", AllowedLine = "Cpus_allowed_list:";

    readonly int[][] groups;
    readonly Dictionary<int, int> groupOf = [];

    CacheGroups(int[][] groups)
    {
        this.groups = groups;
        for (int group = 0; group < groups.Length; group++)
        {
            foreach (int processor in groups[group]) groupOf[processor] = group;
        }
    }

    /// <summary>Number of groups, at least 1.</summary>
    public int Count => groups.Length;

    /// <summary>Processors of a group, in increasing order.</summary>
    public ReadOnlySpan<int> Processors(int group) => groups[group];

    /// <summary>Group of the processor that the calling thread runs on just now.</summary>
    public int Current => Count == 1 ? 0 : groupOf.GetValueOrDefault(Thread.GetCurrentProcessorId());

    /// <summary>Group of each of <paramref name="threads"/> threads: a group is filled before the next one is begun.</summary>
    public int[] Assign(int threads)
    {
        int[] ofProcessors = [.. groups.SelectMany((processors, group) => Enumerable.Repeat(group, processors.Length))];
        return [.. Enumerable.Range(0, threads).Select(i => ofProcessors[i % ofProcessors.Length])];
    }

    /// <summary>Reads the groups of this machine.</summary>
    /// <param name="systemFolder">Where the system describes its processors.</param>
    /// <param name="statusFile">Where it says which of them this process may use.</param>
    public static CacheGroups Read(string systemFolder = System, string statusFile = Status)
    {
        try
        {
            if (File.ReadLines(statusFile).FirstOrDefault(l => l.StartsWith(AllowedLine, StringComparison.Ordinal)) is { } line)
            {
                int[] allowed = ParseList(line[AllowedLine.Length..]);
                int[][] groups =
                [
                    .. allowed.GroupBy(p => File.ReadAllText(Path.Combine(systemFolder, $"cpu{p}", "cache", "index3", "shared_cpu_list")))
                        .Select(g => g.ToArray()),
                ];
                if (groups.Length > 0) return new CacheGroups(groups);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            // Another system, or a container that hides its processors: the threads are not told apart then.
        }
        return new CacheGroups([[.. Enumerable.Range(0, Environment.ProcessorCount)]]);
    }

    /// <summary>Keeps the calling thread on a group's processors, so that what it reads again is still in its cache.</summary>
    /// <remarks>Where there is one group, or the system refuses, the thread runs where it likes.</remarks>
    public unsafe void Stay(int group)
    {
        if (Count == 1 || !OperatingSystem.IsLinux()) return;
        const int Bits = 64;
        ulong[] mask = new ulong[groups.Max(g => g[^1]) / Bits + 1];
        foreach (int processor in groups[group]) mask[processor / Bits] |= 1UL << (processor % Bits);
        fixed (ulong* bits = mask) _ = SetAffinity(0, (nuint)(mask.Length * sizeof(ulong)), bits);
    }

    /// <summary>Numbers of a list such as <c>0-3,8</c>.</summary>
    static int[] ParseList(string list) =>
    [
        .. list.Trim().Split(',').SelectMany(range =>
        {
            string[] ends = range.Split('-');
            int first = int.Parse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture);
            int last = int.Parse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture);
            return Enumerable.Range(first, last - first + 1);
        }),
    ];

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static unsafe partial int SetAffinity(int thread, nuint bytes, ulong* mask);
}
