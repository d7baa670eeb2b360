using System.Diagnostics;
using System.Globalization;

namespace AlignT2I.Bench;

/// <summary>What other programs, and other guests of the host, take of the processors while this one measures.</summary>
/// <remarks>Read from /proc/stat; elsewhere nothing is known, and nobody else is assumed.</remarks>
internal sealed class MachineWatch
{
    /// <summary>Share of the processors' time that others may take while times are still trusted.</summary>
    public const double Allowed = 0.05;

    /// <summary>/proc/stat counts hundredths of a second, whatever the kernel's own clock.</summary>
    const double TicksPerSecond = 100;

    const int Idle = 3, WaitingForDisk = 4, Steal = 7;

    readonly (double Busy, double All) machine = Machine();
    readonly double own = Own();

    MachineWatch()
    {
    }

    /// <summary>Watches from now on.</summary>
    public static MachineWatch Start() => new();

    /// <summary>Share of all processors' time that others took since the start, 0 to 1.</summary>
    public double Others()
    {
        (double busy, double all) = Machine();
        double elapsed = all - machine.All;
        return elapsed <= 0 ? 0 : Math.Clamp((busy - machine.Busy - (Own() - own)) / elapsed, 0, 1);
    }

    /// <summary>Watches for half a second in which this program does nothing.</summary>
    public static double OthersNow()
    {
        MachineWatch watch = Start();
        Thread.Sleep(500);
        return watch.Others();
    }

    static double Own()
    {
        using Process process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>Seconds of all processors: busy or stolen, and altogether.</summary>
    static (double Busy, double All) Machine()
    {
        const string file = "/proc/stat";
        if (!File.Exists(file))
            return (0, 0);
        double[] seconds =
        [
            .. File.ReadLines(file).First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(Steal + 1)
                .Select(ticks => double.Parse(ticks, CultureInfo.InvariantCulture) / TicksPerSecond),
        ];
        double all = seconds.Sum();
        return (all - seconds[Idle] - seconds[WaitingForDisk], all);
    }
}
