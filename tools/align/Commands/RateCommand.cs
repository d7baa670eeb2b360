using System.CommandLine;
using AlignT2I.CommandLine;
using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Training.Demo;
using AlignT2I.Training.Evaluation;
using AlignT2I.Training.Rating;
using AlignT2I.Training.Runs;

namespace AlignT2I.Align.Commands;

/// <summary><c>align rate --simulated</c>: labels by the simulated rater.</summary>
internal static class RateCommand
{
    static readonly SimulatedRatingOptions defaults = new();

    static readonly Option<DirectoryInfo> run = CommandOptions.Run("run folder with images; labels are added to its feedback.jsonl");
    static readonly Option<ulong> seed = CommandOptions.Seed("decides which images the rater skips or judges wrongly");
    static readonly Option<bool> json = CommandOptions.Json();

    static readonly Option<bool> simulated = new("--simulated")
    {
        Description = "let a program judge the pixels instead of people; this has to be said",
    };

    static readonly Option<double> errorRate = new("--error-rate")
    {
        Description = "share of judgements that are wrong on purpose",
        DefaultValueFactory = _ => defaults.ErrorRate,
    };

    static readonly Option<double> skipRate = new("--skip-rate")
    {
        Description = "share of images that are skipped",
        DefaultValueFactory = _ => defaults.SkipRate,
    };

    static readonly Option<int> imagesPerPrompt = new("--images-per-prompt")
    {
        Description = "images of each prompt that are labelled; the others stay unlabelled and are weighted by the reward all the same",
        DefaultValueFactory = _ => new ExperimentOptions().LabelledImagesPerPrompt,
    };

    public static Command Create()
    {
        string description = CommandOptions.WithExample(
            "Label a run's images good, bad or skip with the simulated rater, which counts and recognises shapes "
                + "in the pixels of the miniature world.",
            "align rate --simulated --run runs/a");
        var command = new Command("rate", description) { run, simulated, errorRate, skipRate, imagesPerPrompt, seed, json };
        command.SetAction(Start);
        return command;
    }

    static int Start(ParseResult parse)
    {
        if (!parse.GetValue(simulated))
        {
            throw new UsageException(
                "rate: only the simulated rater labels on the command line; add --simulated to say that no person is asked.");
        }
        var options = new SimulatedRatingOptions
        {
            ErrorRate = parse.GetRequiredValue(errorRate),
            SkipRate = parse.GetRequiredValue(skipRate),
            ImagesPerPrompt = parse.GetRequiredValue(imagesPerPrompt),
            Seed = parse.GetRequiredValue(seed),
        };
        var report = new Report(parse.GetValue(json));
        string path = RunPath.Existing(parse.GetRequiredValue(run));
        using RunFolder folder = RunFolder.Open(path);
        IReadOnlyList<FeedbackRecord> labels = ProgressDisplay.Run(
            (progress, cancellation) => SimulatedRating.Run(folder, options, progress, cancellation), report.Out);
        FeedbackCounts counts = FeedbackTable.Count(folder);
        ResultTables.Feedback(report, counts);
        report.Result(
            $"{Printable.Count(labels.Count, "label of the simulated rater is", "labels of the simulated rater are")} "
                + $"in {folder.FeedbackFile}.",
            ("feedback", folder.FeedbackFile), ("rater", options.Name), ("labels", labels.Count),
            ("good", counts.Total.Good), ("bad", counts.Total.Bad), ("skip", counts.Total.Skip));
        return 0;
    }
}
