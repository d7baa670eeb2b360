namespace AlignT2I.Bench;

/// <summary>What one case took; the fields of the peers' reports, and whether the result was right.</summary>
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
/// <param name="Gflops">1e9 floating-point operations a second, at the median; null where memory is what bounds the case.</param>
/// <param name="Gbps">1e9 bytes a second, at the median; null where arithmetic is what bounds the case.</param>
/// <param name="ImagesPerS">Images a second, at the median.</param>
/// <param name="OutsideKernels">Share of the time outside kernels, at most; null where it was not measured.</param>
/// <param name="PeakMemMb">Largest memory of the process during the case, or of the device that computed so far, in MiB.</param>
/// <param name="Others">Share of the processors' time that other programs took meanwhile; above <see cref="MachineWatch.Allowed"/>
/// the times are not to be trusted.</param>
/// <param name="Compared">What was compared with a reference; null for entries of operations.</param>
/// <param name="Result"><see cref="Right"/>, or <see cref="Wrong"/>.</param>
internal sealed record Measurement(
    string Name, string Lib, string Dtype, string Mode, int Threads, int Batch, int Runs,
    double MsMedian, double MsMin, double MsMax, double? Gflops, double? Gbps, double ImagesPerS, double? OutsideKernels,
    long PeakMemMb, double Others, IReadOnlyList<double>? Compared, string Result)
{
    public const string Right = "right", Wrong = "WRONG";
}
