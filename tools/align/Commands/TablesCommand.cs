using System.CommandLine;
using AlignT2I.CommandLine;
using AlignT2I.Training.Evaluation;
using AlignT2I.Training.Reports;
using AlignT2I.Training.Runs;

namespace AlignT2I.Align.Commands;

/// <summary><c>align tables</c>: the figures of several runs side by side.</summary>
internal static class TablesCommand
{
    static readonly Argument<DirectoryInfo[]> runs = new("runs")
    {
        Description = "run folders with a report, one for each seed",
        Arity = ArgumentArity.OneOrMore,
    };

    public static Command Create()
    {
        string description = CommandOptions.WithExample(
            "Print the figures of several runs side by side, with their mean, as Markdown.",
            "align tables align-demo/seed-0 align-demo/seed-1");
        var command = new Command("tables", description) { runs };
        command.SetAction(parse =>
        {
            IEnumerable<string> reports =
                parse.GetRequiredValue(runs).Select(r => Path.Combine(RunFolder.Follow(r.ToString()).ReportFolder, "report.json"));
            Console.Out.Write(SeedTables.Markdown([.. reports.Select(EvaluationResult.Read)]));
            return 0;
        });
        return command;
    }
}
