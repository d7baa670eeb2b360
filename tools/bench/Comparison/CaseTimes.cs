namespace AlignT2I.Bench.Comparison;

/// <summary>The times of a case in several rounds.</summary>
/// <param name="Name">The case.</param>
/// <param name="Rounds">A line for each round, in the order of the file.</param>
internal sealed record CaseTimes(string Name, IReadOnlyList<TimesLine> Rounds)
{
    /// <summary>Median of the rounds' medians, in milliseconds.</summary>
    public double MsMedian => Median(line => line.MsMedian);

    /// <summary>Shortest time of all rounds.</summary>
    public double MsMin => Rounds.Min(line => line.MsMin);

    /// <summary>What computed.</summary>
    public string Lib => Rounds[0].Lib ?? "";

    /// <summary>Median over the rounds: of an even number, the smaller one in the middle.</summary>
    public double Median(Func<TimesLine, double> of) => Rounds.Select(of).Order().ElementAt((Rounds.Count - 1) / 2);
}
