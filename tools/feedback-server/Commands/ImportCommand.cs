using System.CommandLine;
using System.Globalization;
using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Exchange;
using AlignT2I.FeedbackServer.Figures;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.FeedbackServer.Studies;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Commands;

/// <summary><c>feedback-server import</c>: labels from a file while the server is stopped.</summary>
internal static class ImportCommand
{
    static readonly Option<DirectoryInfo> run = StudyCommand.Run();
    static readonly Option<string?> database = StudyCommand.Database();

    static readonly Option<FileInfo> file = new("--file")
    {
        Description = "labels: .jsonl (a run's feedback), .csv, or .json (Label Studio)",
        Required = true,
    };

    static readonly Option<FileInfo?> mapping = new("--mapping")
    {
        Description = "JSON file that says what the columns of somebody's CSV mean; docs/feedback.md explains it",
    };

    public static Command Create()
    {
        var command = new Command("import", "Add labels that were given elsewhere; those that are there already are not added again.")
            { run, database, file, mapping };
        command.SetAction((parse, _) => ImportAsync(
            StudyCommand.Existing(parse.GetRequiredValue(run)), parse.GetValue(database), parse.GetRequiredValue(file).ToString(),
            parse.GetValue(mapping)?.ToString()));
        return command;
    }

    static async Task<int> ImportAsync(string runFolder, string? connection, string path, string? mappingPath)
    {
        IReadOnlyList<FeedbackRecord> labels = FeedbackExchange.Read(path, mappingPath, DateTimeOffset.UtcNow);
        using Database database = Database.Open(runFolder, connection);
        await using Desk desk = Desk.Open(database, () => RunImages.Read(runFolder), new StudyOptions());
        int added = await desk.ChangeAsync((study, now, journal) => study.Import(labels, now, journal));
        IReadOnlyList<LabelledImage> images = LabelledImage.FromFeedback(labels);
        MajorityFigures majority = MajorityFigures.Of(images);
        RaterAgreement agreement = RaterAgreement.Of(images);
        Console.Out.WriteLine($"{Printable.Count(labels.Count, "label")} of "
            + $"{Printable.Count(labels.Select(l => l.Image).Distinct().Count(), "image")} by "
            + $"{Printable.Count(labels.Select(l => l.Rater).Distinct().Count(), "rater")}; {added} were new and are stored.");
        Console.Out.WriteLine($"Majority: {majority.Good} images good, {majority.Bad} bad, {majority.Tied} undecided.");
        if (agreement.FleissImages > 0)
        {
            Console.Out.WriteLine(
                $"Agreement: {Text(100 * agreement.Percent, "0.0")}% of pairs, Fleiss' kappa {Text(agreement.FleissKappa, "0.000")} "
                + $"({agreement.FleissImages} images with {agreement.FleissLabels} labels), "
                + $"Krippendorff's alpha {Text(agreement.KrippendorffAlpha, "0.000")}.");
        }
        WarnOfStrangers(runFolder, images);
        return 0;
    }

    /// <summary>Labels may be studied without their images; what is trained on is of the run.</summary>
    static void WarnOfStrangers(string runFolder, IReadOnlyList<LabelledImage> images)
    {
        HashSet<string> own = [.. RunImages.Read(runFolder).Images.Select(i => i.File)];
        LabelledImage[] strangers = [.. images.Where(i => !own.Contains(i.Image))];
        if (strangers.Length > 0)
        {
            Console.Error.WriteLine(
                $"warning: {Printable.Count(strangers.Length, "labelled image is", "labelled images are")} not of this run, "
                + $"{Printable.Text(strangers[0].Image)} the first; train-reward needs images by their files in the run, "
                + "such as images/a-red-dog-0000.png.");
        }
    }

    static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
