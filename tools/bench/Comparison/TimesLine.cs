namespace AlignT2I.Bench.Comparison;

/// <summary>What is read of a line of a benchmark, ours or a peer's; a line without a name says something else.</summary>
/// <param name="Name">The case.</param>
/// <param name="Lib">What computed.</param>
/// <param name="Dtype">Type of the elements.</param>
/// <param name="Mode">How: a peer may have several for a case.</param>
/// <param name="MsMedian">Median time in milliseconds.</param>
/// <param name="MsMin">Shortest time.</param>
/// <param name="Gflops">1e9 floating-point operations a second.</param>
/// <param name="Gbps">1e9 bytes a second.</param>
/// <param name="Others">Share of the processors' time that others took meanwhile.</param>
/// <param name="Result">Whether the result was right.</param>
internal sealed record TimesLine(
    string? Name, string? Lib, string? Dtype, string? Mode, double MsMedian, double MsMin, double? Gflops, double? Gbps, double? Others,
    string? Result);
