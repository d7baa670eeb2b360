namespace AlignT2I.Bench.Comparison;

/// <summary>How the times of a case compare: below 1 the first is faster.</summary>
/// <param name="Name">The case.</param>
/// <param name="FirstMs">Median of the first file's rounds, in milliseconds.</param>
/// <param name="SecondMs">The same of the second file's.</param>
/// <param name="Ratio">The first divided by the second.</param>
/// <param name="RatioOfMinima">The same of the shortest times.</param>
/// <param name="FirstRounds">Rounds in the first file.</param>
/// <param name="SecondRounds">Rounds in the second.</param>
internal sealed record CaseRatio(
    string Name, double FirstMs, double SecondMs, double Ratio, double RatioOfMinima, int FirstRounds, int SecondRounds)
{
    public static CaseRatio Of(CaseTimes first, CaseTimes second) => new(
        first.Name, first.MsMedian, second.MsMedian, Math.Round(first.MsMedian / second.MsMedian, 4),
        Math.Round(first.MsMin / second.MsMin, 4), first.Rounds.Count, second.Rounds.Count);

    /// <summary>The geometric mean over cases, as a case of its own.</summary>
    public static CaseRatio Mean(IReadOnlyList<CaseRatio> cases)
    {
        double Geometric(Func<CaseRatio, double> of) => Math.Exp(cases.Average(c => Math.Log(of(c))));
        return new CaseRatio(
            "geometric_mean", Math.Round(Geometric(c => c.FirstMs), 3), Math.Round(Geometric(c => c.SecondMs), 3),
            Math.Round(Geometric(c => c.Ratio), 4), Math.Round(Geometric(c => c.RatioOfMinima), 4),
            cases.Min(c => c.FirstRounds), cases.Min(c => c.SecondRounds));
    }
}
