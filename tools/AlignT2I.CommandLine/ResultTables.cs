using System.Globalization;
using AlignT2I.Training.Evaluation;

namespace AlignT2I.CommandLine;

/// <summary>The tables of an evaluation on the terminal.</summary>
public static class ResultTables
{
    /// <summary>Table 1: labels by category.</summary>
    public static void Feedback(Report report, FeedbackCounts feedback) => report.Table(
        "Table 1. Labels of the simulated rater by category", ["category", "images", "good", "bad", "skip"],
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
    public static void Accuracy(Report report, RewardAccuracy accuracy) => report.Table(
        "Figure 4. Pairwise accuracy against the simulated rater", ["score", "seen objects", "unseen objects"],
        new (string Name, PairwiseAccuracy? Accuracy)[]
        {
            ("reward", accuracy.Reward), ("  without prompt classification", accuracy.WithoutPromptClassification),
            ("reward, half the labels", accuracy.HalfData), ("  without prompt classification", accuracy.HalfDataWithoutPromptClassification),
            ("CLIP score", accuracy.ClipScore),
        }.Where(r => r.Accuracy is not null).Select(r => (IReadOnlyList<string>)[r.Name, Percent(r.Accuracy!.Seen), Percent(r.Accuracy.Unseen)]));

    /// <summary>Table 2: reward and Fréchet distance by model; then alignment by set and category.</summary>
    public static void Models(Report report, ModelEvaluations models)
    {
        (string Name, ModelEvaluation? Evaluation)[] rows =
        [
            ("original", models.Original), ("labelled only", models.HumanOnly), ("+ unlabelled", models.WithUnlabeled),
            ("fine-tuned (full)", models.Full), ("rejection sampling", models.RejectionSampling),
        ];
        report.Table("Table 2. Reward and Fréchet distance by model", ["model", "images", "average reward", "Fréchet distance", "alignment"],
            rows.Where(r => r.Evaluation is not null).Select(r => (IReadOnlyList<string>)
            [
                r.Name, r.Evaluation!.Images.ToString(CultureInfo.InvariantCulture), r.Evaluation.AverageReward.ToString("F3", CultureInfo.InvariantCulture),
                r.Evaluation.FrechetDistance.ToString("F4", CultureInfo.InvariantCulture), Percent(r.Evaluation.Alignment.Overall),
            ]));
        report.Table("Alignment in percent, judged by the simulated rater", ["model", "seen", "unseen", "count", "color", "backgr.", "combin."],
            rows.Where(r => r.Evaluation is not null).Select(r => Row(r.Name, r.Evaluation!.Alignment)));
    }

    static IReadOnlyList<string> Row(string name, AlignmentRates rates) =>
        [name, .. new[] { rates.Seen, rates.Unseen, rates.Count, rates.Color, rates.Background, rates.Combination }.Select(Number)];

    static string Number(double share) => (100 * share).ToString("F1", CultureInfo.InvariantCulture);

    static string Share(int count, LabelCounts counts) => counts.Images == 0 ? "0"
        : string.Create(CultureInfo.InvariantCulture, $"{count} ({100.0 * count / counts.Images:0}%)");

    static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0}%");
}
