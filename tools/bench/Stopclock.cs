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
        MachineWatch watch = MachineWatch.Start();
        List<double> times = Times(c, warmUps, leastRuns, seconds);
        double others = watch.Others();
        double median = times[times.Count / 2];
        long peakBytes = c.PeakBytes ?? PeakMemory.Bytes();
        using BenchCase? skeleton = c.Skeleton();
        double? outside = skeleton is null ? null : Math.Round(Times(skeleton, warmUps, leastRuns, seconds: 1)[0] / times[0], 4);
        double? Rate(double work) => work == 0 ? null : Math.Round(work / median * 1e3, 1);
        return new Measurement(
            c.Name, "AlignT2I", c.Dtype, c.Mode, Threads, c.Batch, times.Count,
            Math.Round(median, 4), Math.Round(times[0], 4), Math.Round(times[^1], 4), Rate(c.Gflop), Rate(1e-9 * c.Bytes),
            Math.Round(c.Batch / median * 1e3, 3), outside, peakBytes >> 20, Math.Round(others, 3), c.Compared,
            c.Check() ? Measurement.Right : Measurement.Wrong);
    }

    /// <summary>Threads that compute.</summary>
    public static int Threads =>
        int.TryParse(Environment.GetEnvironmentVariable("ALIGNT2I_THREADS"), out int threads) ? threads : Environment.ProcessorCount;

    /// <summary>Milliseconds of each run, in increasing order.</summary>
    static List<double> Times(BenchCase c, int warmUps, int leastRuns, double seconds)
    {
        using MemoryScope scope = MemoryScope.Open();
        for (int i = 0; i < warmUps; i++)
            c.Run();
        var times = new List<double>();
        long start = Stopwatch.GetTimestamp();
        while (times.Count < leastRuns || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            long before = Stopwatch.GetTimestamp();
            c.Run();
            times.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
        }
        times.Sort();
        return times;
    }
}
