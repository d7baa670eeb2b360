namespace AlignT2I.Bench.Comparison;

/// <summary>A goal, and what was measured of it.</summary>
/// <param name="Goal">The goal.</param>
/// <param name="Scale">This machine's limit divided by that of the machine that the goals were set on.</param>
/// <param name="Limit">This machine's limit: 1e9 operations or bytes a second.</param>
/// <param name="Ours">Our times.</param>
/// <param name="Peer">The peer's; null where there are none.</param>
internal sealed record GoalRow(Goal Goal, double Scale, double Limit, CaseTimes Ours, CaseTimes? Peer)
{
    /// <summary>Share of this machine's limit; more than 1 where an algorithm needs fewer products than are counted.</summary>
    public double Share => Ours.Median(Rate) / Limit;

    /// <summary>The row of a markdown table.</summary>
    public string Markdown()
    {
        string goal = Goal.Ms is { } ms ? $"≤ {Time(ms)}" : Text($"≥ {Goal.Gflops:0} GFLOP/s");
        string here = Goal.Ms is { } time ? $"≤ {Time(time / Scale)}" : Text($"≥ {Goal.Gflops * Scale:0} GFLOP/s");
        string ours = Goal.Ms is null ? Text($"{Ours.Median(Rate):0} GFLOP/s") : Time(Ours.MsMedian);
        string peer = Peer is null ? "" : Time(Peer.MsMedian), ratio = Peer is null ? "" : Text($"{Peer.MsMedian / Ours.MsMedian:0.00}");
        string disturbed = Ours.Rounds.Any(r => r.Others > MachineWatch.Allowed) ? " (others at work)" : "";
        return $"| {Goal.Name} | {goal} | {Reached(scale: 1)} | {here} | {Reached(Scale)} | {peer} | **{ours}**{disturbed} | {ratio} | "
            + Text($"{100 * Share:0}% |");
    }

    /// <summary>Rounds that reached the goal for a machine whose limit is so many times that of the goals' machine.</summary>
    string Reached(double scale) => Text($"{Ours.Rounds.Count(round => Reaches(round, scale))} of {Ours.Rounds.Count}");

    bool Reaches(TimesLine round, double scale) =>
        Goal.Ms is { } ms ? round.MsMedian <= ms / scale : round.Gflops >= Goal.Gflops * scale;

    static double Rate(TimesLine round) => round.Gflops ?? round.Gbps ?? 0;

    static string Time(double ms) => ms switch
    {
        < 1 => Text($"{ms:0.000} ms"),
        < 10 => Text($"{ms:0.00} ms"),
        < 100 => Text($"{ms:0.0} ms"),
        < 1000 => Text($"{ms:0} ms"),
        _ => Text($"{ms / 1e3:0.00} s"),
    };

    static string Text(FormattableString text) => FormattableString.Invariant(text);
}
