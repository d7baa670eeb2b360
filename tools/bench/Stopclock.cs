using System.Diagnostics;
using AlignT2I.Engine;

namespace AlignT2I.Bench;

/// <summary>Runs a case for a while and takes its times.</summary>
internal static class Stopclock
{
    /// <summary>Warms up, times runs for some seconds and checks the last result.</summary>
    /// <param name="c">What to run.</param>
    /// <param name="warmUps">Runs before the timed ones.</param>
    /// <param name="leastRuns">Runs timed at least.</param>
    /// <param name="seconds">Time that the timed runs may take beyond those.</param>
    public static Measurement Measure(BenchCase c, int warmUps, int leastRuns, double seconds)
    {
        using MemoryScope scope = MemoryScope.Open();
        for (int i = 0; i < warmUps; i++) c.Run();
        var times = new List<double>();
        long start = Stopwatch.GetTimestamp();
        while (times.Count < leastRuns || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            long before = Stopwatch.GetTimestamp();
            c.Run();
            times.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
        }
        times.Sort();
        double median = times[times.Count / 2];
        using var process = Process.GetCurrentProcess();
        return new Measurement(
            c.Name, "AlignT2I", c.Dtype, c.Mode, Threads(), c.Batch, times.Count,
            Math.Round(median, 4), Math.Round(times[0], 4), Math.Round(times[^1], 4), Math.Round(c.Gflop / median * 1e3, 1),
            Math.Round(c.Bytes / median * 1e-6, 1), c.Check(), (c.PeakBytes ?? process.PeakWorkingSet64) >> 20);
    }

    static int Threads() =>
        int.TryParse(Environment.GetEnvironmentVariable("ALIGNT2I_THREADS"), out int threads) ? threads : Environment.ProcessorCount;
}
