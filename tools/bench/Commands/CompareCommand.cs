using System.CommandLine;
using System.Text.Json;
using AlignT2I.Bench.Comparison;
using AlignT2I.Files;

namespace AlignT2I.Bench.Commands;

/// <summary><c>bench compare</c>: ratios between two files of times, by the names of the cases.</summary>
internal static class CompareCommand
{
    static readonly Argument<FileInfo> first = new("first") { Description = "JSON lines of 'bench --json' or of a peer's program" };

    static readonly Argument<FileInfo> second = new("second") { Description = "the same of what it is compared with" };

    static readonly Option<bool> json = new("--json") { Description = "print one line of JSON for each case" };

    public static Command Create()
    {
        var command = new Command("compare", "Ratios of times: below 1 the first is faster. Several lines of a case are its rounds.")
            { first, second, json };
        command.SetAction(parse => Run(
            parse.GetRequiredValue(first).ToString(), parse.GetRequiredValue(second).ToString(), parse.GetValue(json), Console.Out));
        return command;
    }

    static int Run(string firstPath, string secondPath, bool asJson, TextWriter output)
    {
        IReadOnlyList<CaseTimes> firsts = TimesFile.Read(firstPath), seconds = TimesFile.Read(secondPath);
        List<CaseRatio> ratios = [.. firsts.Join(seconds, f => f.Name, s => s.Name, CaseRatio.Of)];
        if (ratios.Count == 0)
        {
            throw new UsageException(
                $"no case is in both files: {firstPath} has {Names(firsts)}, and {secondPath} has {Names(seconds)}.");
        }
        ratios.Add(CaseRatio.Mean(ratios));
        if (!asJson)
            output.WriteLine($"{"case",-38} {"first",14} {"second",14} {"ratio",7} {"of minima",10}  rounds");
        foreach (CaseRatio ratio in ratios)
            output.WriteLine(asJson ? JsonSerializer.Serialize(ratio, MeasurementJson.Default.CaseRatio) : Line(ratio));
        return 0;
    }

    static string Names(IEnumerable<CaseTimes> cases) => string.Join(", ", cases.Select(c => c.Name));

    static string Line(CaseRatio r) => FormattableString.Invariant(
        $"{r.Name,-38} {r.FirstMs,11:0.000} ms {r.SecondMs,11:0.000} ms {r.Ratio,7:0.000} {r.RatioOfMinima,10:0.000}  ")
        + FormattableString.Invariant($"{r.FirstRounds}, {r.SecondRounds}");
}
