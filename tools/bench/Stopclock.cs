using System.Diagnostics;
using AlignT2I.Engine;

namespace AlignT2I.Bench;

/// <summary>Runs a case for a while and takes its times.</summary>
internal static class Stopclock
{
    const int LeastRuns = 5;

    /// <summary>Warms up, times runs for <paramref name="seconds"/> (five at least) and checks the last result.</summary>
    public static Measurement Measure(OpCase c, double seconds)
    {
        using MemoryScope scope = MemoryScope.Open();
        using OpInputs inputs = new(c);
        for (int i = 0; i < 2; i++) inputs.Run();
        var times = new List<double>();
        long start = Stopwatch.GetTimestamp();
        while (times.Count < LeastRuns || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            long before = Stopwatch.GetTimestamp();
            inputs.Run();
            times.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
        }
        times.Sort();
        double median = times[times.Count / 2];
        using var process = Process.GetCurrentProcess();
        return new Measurement(
            c.Name, "AlignT2I", "f32", c.Train ? "train" : "forward", Threads(), c.N, times.Count,
            Math.Round(median, 4), Math.Round(times[0], 4), Math.Round(times[^1], 4), Math.Round(c.Gflop / median * 1e3, 1),
            inputs.Check(), process.PeakWorkingSet64 >> 20);
    }

    static int Threads() =>
        int.TryParse(Environment.GetEnvironmentVariable("ALIGNT2I_THREADS"), out int threads) ? threads : Environment.ProcessorCount;
}
