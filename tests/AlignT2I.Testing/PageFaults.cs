using System.Globalization;

namespace AlignT2I.Testing;

/// <summary>The kernel's count of page faults of this process.</summary>
public static class PageFaults
{
    const string Counters = "/proc/self/stat";

    /// <summary>Whether the system counts them where we can read it.</summary>
    public static bool AreCounted => File.Exists(Counters);

    /// <summary>Faults so far that took no reading from a disk: first touches of pages.</summary>
    public static long Count()
    {
        string counters = File.ReadAllText(Counters);
        // Fields are counted after the program's name, which may have spaces: "(name) state ppid pgrp session tty tpgid flags minflt".
        string[] fields = counters[(counters.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[7], CultureInfo.InvariantCulture);
    }
}
