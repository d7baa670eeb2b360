using AlignT2I.Training.Evaluation;

namespace AlignT2I.Training.Reports;

/// <summary>What the report shows. Everything but the numbers may be missing: its section is then left out.</summary>
/// <param name="Result">The numbers of report.json.</param>
public sealed record ReportContent(EvaluationResult Result)
{
    /// <summary>Who judged alignment; the simulated rater where that was not people.</summary>
    public string Rater => Result.Rater ?? "rater";

    /// <summary>Whether it is about the miniature world, whose images alone can be rendered and judged by rule.</summary>
    public bool IsMiniature => Result.Models.Original.FrechetDistance is not null;

    /// <summary>Whether the labels of the training images are a simulated rater's.</summary>
    public bool LabelsAreSimulated { get; init; }

    /// <summary>Some of the labelled pictures, with a label.</summary>
    public IReadOnlyList<ReportPicture> Labelled { get; init; } = [];

    /// <summary>Pictures of evaluation prompts by all models.</summary>
    public IReadOnlyList<ReportSample> Samples { get; init; } = [];

    /// <summary>Losses of the reward by pass over the labels.</summary>
    public IReadOnlyList<ReportCurve> RewardCurves { get; init; } = [];

    /// <summary>Share of good labels by the reward that was given, and the diagonal that a calibrated reward would be on.</summary>
    public IReadOnlyList<ReportCurve> RewardCalibration { get; init; } = [];

    /// <summary>Losses of fine-tuning by update.</summary>
    public IReadOnlyList<ReportCurve> FinetuneCurves { get; init; } = [];

    /// <summary>How it was made: stage, setting and value.</summary>
    public IReadOnlyList<(string Stage, string Name, string Value)> Settings { get; init; } = [];

    /// <summary>The command that makes the same report again; null where it is not known.</summary>
    public string? Command { get; init; }
}
