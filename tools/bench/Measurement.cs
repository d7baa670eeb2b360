namespace AlignT2I.Bench;

/// <summary>What one case took; the fields of the peers' reports.</summary>
/// <param name="Name">The case.</param>
/// <param name="Lib">What computed.</param>
/// <param name="Dtype">Type of the elements.</param>
/// <param name="Mode">forward, or train for forward and backward.</param>
/// <param name="Threads">Threads that computed.</param>
/// <param name="Batch">Images, or rows of a product.</param>
/// <param name="Runs">Runs timed.</param>
/// <param name="MsMedian">Median time in milliseconds.</param>
/// <param name="MsMin">Shortest time.</param>
/// <param name="MsMax">Longest time.</param>
/// <param name="Gflops">1e9 floating-point operations a second, at the median.</param>
/// <param name="GbPerS">1e9 bytes a second at the median, of what must be read and written; 0 where arithmetic bounds the case.</param>
/// <param name="Right">Whether every entry looked at was right.</param>
/// <param name="PeakMemMb">Largest memory of the process, or of the device that computed, so far in MiB.</param>
internal sealed record Measurement(
    string Name, string Lib, string Dtype, string Mode, int Threads, int Batch, int Runs,
    double MsMedian, double MsMin, double MsMax, double Gflops, double GbPerS, bool Right, long PeakMemMb);
