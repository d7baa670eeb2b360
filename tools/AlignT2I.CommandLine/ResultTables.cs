using System.Globalization;
using AlignT2I.Feedback;
using AlignT2I.Training.Evaluation;

namespace AlignT2I.CommandLine;

/// <summary>The tables of an evaluation on the terminal.</summary>
public static class ResultTables
{
    /// <summary>Table 1: labels by category.</summary>
    public static void Feedback(Report report, FeedbackCounts feedback) => report.Table(
        "Table 1. Labels by category", ["category", "images", "good", "bad", "skip"],
        new (string Name, LabelCounts Counts)[]
        {
            ("count", feedback.Count), ("color", feedback.Color), ("background", feedback.Background),
            ("combination", feedback.Combination), ("total", feedback.Total),
        }.Select(r => (IReadOnlyList<string>)
        [
            r.Name, r.Counts.Images.ToString(CultureInfo.InvariantCulture),
            Share(r.Counts.Good, r.Counts), Share(r.Counts.Bad, r.Counts), Share(r.Counts.Skip, r.Counts),
        ]));

    /// <summary>Figure 4: pairwise accuracy.</summary>
    public static void Accuracy(Report report, RewardAccuracy accuracy, string rater)
    {
        (string Name, PairwiseAccuracy? Accuracy)[] rows =
        [
            ("reward", accuracy.Reward), ("  without prompt classification", accuracy.WithoutPromptClassification),
            .. (accuracy.Fractions ?? []).SelectMany(f => ((string, PairwiseAccuracy?)[])
            [
                (FormattableString.Invariant($"reward, {f.Fraction:0.####} of the labels"), f.Reward),
                ("  without prompt classification", f.WithoutPromptClassification),
            ]),
            ("CLIP score", accuracy.ClipScore),
        ];
        report.Table(
            $"Figure 4. Pairwise accuracy against the {rater}", ["score", "seen objects", "unseen objects"],
            rows.Where(r => r.Accuracy is not null).Select(r => (IReadOnlyList<string>)
            [
                r.Name,
                r.Accuracy!.SeenPairs > 0 ? Percent(r.Accuracy.Seen) : "",
                r.Accuracy.UnseenPairs > 0 ? Percent(r.Accuracy.Unseen) : "",
            ]));
    }

    /// <summary>Table 2: reward and distances by model, of each column what there is; then alignment by set and category.</summary>
    public static void Models(Report report, ModelEvaluations models, string rater)
    {
        (string Name, ModelEvaluation? Evaluation)[] all =
        [
            ("original", models.Original), ("labelled only", models.HumanOnly), ("+ unlabelled", models.WithUnlabeled),
            ("fine-tuned (full)", models.Full), ("rejection sampling", models.RejectionSampling),
        ];
        (string Name, ModelEvaluation Evaluation)[] rows =
            [.. all.Where(r => r.Evaluation is not null).Select(r => (r.Name, r.Evaluation!))];
        (string Title, Func<ModelEvaluation, string?> Cell)[] columns =
        [
            ("images", m => m.Images.ToString(CultureInfo.InvariantCulture)),
            ("average reward", m => Number(m.AverageReward, "F3")), ("FID", m => Number(m.Fid, "F2")),
            ("CLIP score", m => Number(m.ClipScore, "F4")), ("aesthetic score", m => Number(m.Aesthetic, "F2")),
            ("Fréchet distance", m => Number(m.FrechetDistance, "F4")),
            ("alignment", m => m.Alignment is { } a ? Percent(a.Overall) : null),
        ];
        columns = [.. columns.Where(c => rows.Any(r => c.Cell(r.Evaluation) is not null))];
        report.Table("Table 2. What was measured of each model", ["model", .. columns.Select(c => c.Title)],
            rows.Select(r => (IReadOnlyList<string>)[r.Name, .. columns.Select(c => c.Cell(r.Evaluation) ?? "")]));
        if (rows.Any(r => r.Evaluation.Alignment is not null))
        {
            report.Table(
                $"Alignment in percent, judged by the {rater}", ["model", "seen", "unseen", "count", "color", "backgr.", "combin."],
                rows.Where(r => r.Evaluation.Alignment is not null).Select(r => Row(r.Name, r.Evaluation.Alignment!)));
        }
    }

    /// <summary>Figure 3: prompts by what at least seven in nine raters say.</summary>
    public static void People(Report report, IReadOnlyList<HumanComparison> comparisons) => report.Table(
        "Figure 3. Prompts where at least seven in nine raters say the same",
        ["question", "models", "prompts", "first", "neither", "second", "undecided"],
        comparisons.SelectMany(c => new[] { Row("alignment", c, c.Alignment), Row("fidelity", c, c.Fidelity) }));

    static IReadOnlyList<string> Row(string question, HumanComparison c, QuestionFigures figures) =>
    [
        question, $"{c.First} | {c.Second}",
        .. new[] { c.Complete, figures.ClearFirst, figures.ClearTie, figures.ClearSecond, figures.Undecided }
            .Select(n => n.ToString(CultureInfo.InvariantCulture)),
    ];

    static string? Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture);

    static IReadOnlyList<string> Row(string name, AlignmentRates rates) =>
        [name, .. new[] { rates.Seen, rates.Unseen, rates.Count, rates.Color, rates.Background, rates.Combination }
            .Select(share => Number(100 * share, "F1") ?? "")];

    static string Share(int count, LabelCounts counts) => counts.Images == 0 ? "0"
        : string.Create(CultureInfo.InvariantCulture, $"{count} ({100.0 * count / counts.Images:0}%)");

    static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0}%");
}
