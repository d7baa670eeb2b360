using AlignT2I.CommandLine;
using AlignT2I.Training.Demo;
using AlignT2I.Training.Reports;
using AlignT2I.Training.Runs;

namespace AlignT2I.Align.Commands;

/// <summary>What <c>evaluate</c> and <c>demo</c> end with: the report's files, the tables, the report's path.</summary>
internal static class ExperimentOutput
{
    /// <param name="report">Where to print.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="result">What was found.</param>
    /// <param name="settings">Stage, name and value of each setting.</param>
    /// <param name="command">The command that makes the same again; null where it is not known.</param>
    public static void Write(
        Report report, RunFolder folder, ExperimentResult result,
        IReadOnlyList<(string Stage, string Name, string Value)> settings, string? command)
    {
        RunFolder.Make(folder.ReportFolder);
        string path = Path.GetFullPath(HtmlReport.Write(folder.ReportFolder, ReportBuilder.Build(folder, result, settings, command)));
        string rater = result.Evaluation.Rater ?? "rater";
        if (result.Evaluation.Feedback is { } feedback)
            ResultTables.Feedback(report, feedback);
        if (result.Evaluation.RewardAccuracy is { } accuracy)
            ResultTables.Accuracy(report, accuracy, rater);
        ResultTables.Models(report, result.Evaluation.Models, rater);
        if (result.Evaluation.HumanEvaluation is { } people)
            ResultTables.People(report, people);
        double megabytes = result.Evaluation.PeakResidentBytes / 1e6;
        report.Out.WriteLine($"{result.Evaluation.ElapsedSeconds:0} s, at most {megabytes:0} MB of memory.");
        report.Out.WriteLine($"Report: {path}");
        if (report.IsJson)
            Console.Out.WriteLine(result.Evaluation.ToJson());
    }
}
