using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Training.Demo;
using AlignT2I.Training.Evaluation;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.Rewards;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Reports;

/// <summary>Gathers what the report shows from a result and the run folder.</summary>
public static class ReportBuilder
{
    const int LabelledExamples = 16;

    /// <summary>Reads the pictures and the training logs.</summary>
    /// <param name="run">The run folder.</param>
    /// <param name="result">What the evaluation found.</param>
    /// <param name="settings">Stage, name and value of each setting.</param>
    /// <param name="command">The command that makes the same again; null where it is not known.</param>
    /// <exception cref="FileFormatException">A file of the run is damaged.</exception>
    public static ReportContent Build(
        RunFolder run, ExperimentResult result, IReadOnlyList<(string Stage, string Name, string Value)> settings,
        string? command = null) =>
        new(result.Evaluation)
        {
            LabelsAreSimulated = Labels(run).All(r => IsSimulated(r.Rater)),
            Labelled = Labelled(run),
            Samples = [.. result.Samples.Select(s => Sample(s, result.Evaluation.Rater ?? "rater"))],
            RewardCurves = RewardCurves(run),
            RewardCalibration = RewardCalibration(run),
            FinetuneCurves = FinetuneCurves(run),
            Settings = settings,
            Command = command,
        };

    /// <summary>Images with a label of each kind in turn, spread over the run.</summary>
    static IReadOnlyList<ReportPicture> Labelled(RunFolder run)
    {
        FeedbackRecord[] labels = [.. Labels(run).Where(r => r.Label != FeedbackLabel.Skip).DistinctBy(r => r.Prompt)];
        int stride = Math.Max(1, labels.Length / LabelledExamples);
        IEnumerable<FeedbackRecord> chosen = labels.Where((_, i) => i % stride == 0).Take(LabelledExamples);
        return [.. chosen.Select(r => new ReportPicture(
            Thumbnail.Of(Path.Combine(run.Path, r.Image)), r.Prompt, "the original model", r.Label == FeedbackLabel.Good,
            Rater: IsSimulated(r.Rater) ? "simulated rater" : "rater"))];
    }

    static IReadOnlyList<FeedbackRecord> Labels(RunFolder run) => File.Exists(run.FeedbackFile) ? FeedbackFile.Read(run.FeedbackFile) : [];

    /// <summary>Simulated raters say so in their name.</summary>
    static bool IsSimulated(string rater) => rater.StartsWith("simulated", StringComparison.OrdinalIgnoreCase);

    static ReportSample Sample(SampleRow row, string rater) => new(
        row.Cells[0].Images[0].Prompt,
        [
            .. row.Cells.Select(cell => (cell.Model, (IReadOnlyList<ReportPicture>)
            [
                .. cell.Images.Select(i =>
                    new ReportPicture(Thumbnail.Of(i.Path), row.Prompt, Maker(cell.Model), i.Good, i.Reward, rater)),
            ])),
        ]);

    static string Maker(string model) => model switch
    {
        "original" => "the original model",
        "rejectionSampling" => "rejection sampling",
        _ => $"the model fine-tuned on “{ReportModel.Of(model).Name}”",
    };

    static IReadOnlyList<ReportCurve> RewardCurves(RunFolder run)
    {
        return TrainedReward.ReadMetrics(run.RewardFolder) is not { } metrics ? [] :
        [
            new ReportCurve("training prompts", "c-reward", [.. metrics.Epochs.Select(e => ((double)e.Epoch, e.Loss))]),
            new ReportCurve("validation prompts", "c-clip", [.. metrics.Epochs.Select(e => ((double)e.Epoch, e.ValidationLoss))]),
        ];
    }

    static IReadOnlyList<ReportCurve> RewardCalibration(RunFolder run) =>
        TrainedReward.ReadMetrics(run.RewardFolder)?.Calibration is not { } calibration ? [] :
        [
            new ReportCurve("reward", "c-reward", [.. calibration.Bins.Select(b => (b.MeanReward, b.MeanLabel))]),
            new ReportCurve("calibrated", "c-clip", [(0, 0), (1, 1)]),
        ];

    /// <summary>The loss of each mix; where a resumed training logged a step twice, the last line counts.</summary>
    static IReadOnlyList<ReportCurve> FinetuneCurves(RunFolder run)
    {
        if (!File.Exists(run.LogFile))
            return [];
        ILookup<string, LogLine> lines = LogLine.Read(run.LogFile).Where(l => l.Values.ContainsKey("loss")).ToLookup(l => l.Stage);
        return
        [
            .. Enum.GetValues<FinetuneMix>().Where(mix => lines.Contains($"finetune {mix}")).Select(mix =>
            {
                ReportModel model = ReportModel.Of(FinetuneStage.Name(mix));
                return new ReportCurve(model.Name, model.Style,
                [
                    .. lines[$"finetune {mix}"].GroupBy(l => l.Step).OrderBy(g => g.Key)
                        .Select(g => ((double)g.Key, g.Last().Values["loss"])),
                ]);
            }),
        ];
    }
}
