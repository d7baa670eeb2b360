using System.CommandLine;
using AlignT2I.Bench.Comparison;
using AlignT2I.Files;

namespace AlignT2I.Bench.Commands;

/// <summary><c>bench goals</c>: the table of docs/performance.md from measured times.</summary>
internal static class GoalsCommand
{
    static readonly Argument<FileInfo> ours = new("ours") { Description = "JSON lines of 'bench ops', 'models' and 'train'" };

    static readonly Option<FileInfo?> peer = new("--peer") { Description = "JSON lines of the peer's program" };

    public static Command Create()
    {
        var command = new Command("goals", "Print the goals, what was measured and the share of the machine's limits as a markdown table.")
            { ours, peer };
        command.SetAction(parse => Run(parse.GetRequiredValue(ours).ToString(), parse.GetValue(peer)?.ToString(), Console.Out));
        return command;
    }

    static int Run(string oursPath, string? peerPath, TextWriter output)
    {
        Dictionary<string, CaseTimes> found = TimesFile.Read(oursPath).ToDictionary(c => c.Name);
        Dictionary<string, CaseTimes> peers = peerPath is null ? [] : TimesFile.Read(peerPath).ToDictionary(c => c.Name);
        double LimitHere(string name, Func<TimesLine, double?> rate) => found.TryGetValue(name, out CaseTimes? times)
            ? times.Median(r => rate(r) ?? 0)
            : throw new UsageException(
                $"{oursPath} lacks {name}, which goals are scaled by; add the lines of 'bench ops --filter {name} --json'.");
        Dictionary<Limit, double> limits = new()
        {
            [Limit.Arithmetic] = LimitHere("peak_fma", r => r.Gflops),
            [Limit.Memory] = LimitHere("memory_triad_stream_dram", r => r.Gbps),
            [Limit.SharedCache] = LimitHere("memory_read_l3", r => r.Gbps),
        };
        output.WriteLine(FormattableString.Invariant(
            $"Limits, medians of the rounds: {limits[Limit.Arithmetic]:0} GFLOP/s float32 multiply-adds; ")
            + FormattableString.Invariant($"memory {limits[Limit.Memory]:0} GB/s, ")
            + FormattableString.Invariant($"the last-level cache {limits[Limit.SharedCache]:0} GB/s."));
        output.WriteLine();
        string peerName = peers.Values.FirstOrDefault()?.Lib ?? "peer";
        output.WriteLine($"| case | goal | reached | scaled goal | reached | {peerName} | AlignT2I | times as fast | of the limit |");
        output.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (Goal goal in Goal.All.Where(g => found.ContainsKey(g.Name)))
        {
            double limit = limits[goal.Limit];
            var row = new GoalRow(
                goal, limit / Goal.ReferenceLimit(goal.Limit), limit, found[goal.Name], peers.GetValueOrDefault(goal.Name));
            output.WriteLine(row.Markdown());
        }
        foreach (Goal missing in Goal.All.Where(g => !found.ContainsKey(g.Name)))
            output.WriteLine($"| {missing.Name} | not measured | | | | | | | |");
        return 0;
    }
}
