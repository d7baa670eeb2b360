using System.Globalization;
using AlignT2I.Training.Evaluation;

namespace AlignT2I.Training.Reports;

/// <summary>The figures of several runs side by side, with their mean, as Markdown: what docs/miniature.md holds of the demo.</summary>
public static class SeedTables
{
    /// <summary>
    /// Tables of rewards, alignment, average reward and Fréchet distance by seed, of alignment by category, and of the first run's labels.
    /// </summary>
    /// <param name="runs">The runs, one at least, in the order of their columns; a row is left out where one of them lacks it.</param>
    /// <exception cref="ArgumentException">There is no run.</exception>
    public static string Markdown(IReadOnlyList<EvaluationResult> runs)
    {
        if (runs.Count == 0)
            throw new ArgumentException("tables are made of one run at least", nameof(runs));
        List<string> sections =
        [
            BySeed(runs, "Reward (Fig. 4a): pairs of a good and a bad image of one prompt ordered rightly", "score, objects",
            [
                .. OfScore("reward", a => a.Reward),
                .. OfScore("reward without prompt classification", a => a.WithoutPromptClassification),
                .. OfScore("CLIP score", a => a.ClipScore),
            ]),
            BySeed(runs, "The same with a share of the labels (Fig. 4b)", "score, objects",
                [.. (runs[0].RewardAccuracy?.Fractions ?? []).SelectMany(f => OfFraction(f.Fraction))]),
            BySeed(runs, "Alignment by the rater (Fig. 3)", "model", OfModels(m => m.Alignment?.Overall, Percent)),
            BySeed(runs, "Average reward (Table 2)", "model", OfModels(m => m.AverageReward, n => Number(n, "F3"))),
            BySeed(runs, "Fréchet distance, lower is better", "model", OfModels(m => m.FrechetDistance, n => Number(n, "F4"))),
            ByCategory(runs),
        ];
        if (runs[0].Feedback is { } feedback)
            sections.Add(Labels(runs[0].Seed, feedback));
        return string.Join("\n", sections.Where(s => s.Length > 0));
    }

    static string BySeed(IReadOnlyList<EvaluationResult> runs, string title, string what, IReadOnlyList<SeedRow> rows) => Table(
        title, [what, .. runs.Select(r => $"seed {r.Seed}"), "mean"],
        rows.Select(row => (row, Values: (double?[])[.. runs.Select(row.Value)])).Where(r => r.Values.All(v => v is not null))
            .Select(r => (IReadOnlyList<string>)[r.row.Name, .. r.Values.Append(r.Values.Average()).Select(v => r.row.Format(v!.Value))]));

    static string ByCategory(IReadOnlyList<EvaluationResult> runs)
    {
        Func<AlignmentRates, double?>[] columns =
            [a => a.Count, a => a.Color, a => a.Background, a => a.Combination, a => a.Seen, a => a.Unseen];
        return Table(
            "Alignment by category, mean of the runs",
            ["model", "count", "colour", "background", "combination", "seen objects", "unseen objects"],
            Models.Select(m => (m.Name, Rates: (AlignmentRates?[])[.. runs.Select(r => m.Of(r.Models)?.Alignment)]))
                .Where(m => m.Rates.All(r => r is not null))
                .Select(m => (IReadOnlyList<string>)[m.Name, .. columns.Select(column => Share(m.Rates.Average(r => column(r!))))]));
    }

    static string Labels(ulong seed, FeedbackCounts feedback)
    {
        (string Name, LabelCounts Counts)[] rows =
        [
            ("count", feedback.Count), ("colour", feedback.Color), ("background", feedback.Background),
            ("combination", feedback.Combination), ("total", feedback.Total),
        ];
        return Table(
            $"Labels (Table 1), seed {seed}", ["category", "images", "good", "bad", "skip"],
            rows.Select(r => (IReadOnlyList<string>)
            [
                r.Name,
                .. new[] { r.Counts.Images, r.Counts.Good, r.Counts.Bad, r.Counts.Skip }.Select(n => Number(n, "F0")),
            ]));
    }

    static IReadOnlyList<SeedRow> OfScore(string name, Func<RewardAccuracy, PairwiseAccuracy?> score) =>
    [
        new($"{name}, seen", r => r.RewardAccuracy is { } a ? score(a)?.Seen : null, Percent),
        new($"{name}, unseen", r => r.RewardAccuracy is { } a ? score(a)?.Unseen : null, Percent),
    ];

    static IEnumerable<SeedRow> OfFraction(double fraction)
    {
        string labels = Number(fraction, "0.####");
        FractionAccuracy? Of(RewardAccuracy accuracy) => accuracy.Fractions?.FirstOrDefault(f => f.Fraction == fraction);
        return
        [
            .. OfScore($"reward, {labels} of the labels", a => Of(a)?.Reward),
            .. OfScore($"reward without prompt classification, {labels} of the labels", a => Of(a)?.WithoutPromptClassification),
        ];
    }

    static IReadOnlyList<SeedRow> OfModels(Func<ModelEvaluation, double?> value, Func<double, string> format) =>
        [.. Models.Select(m => new SeedRow(m.Name, r => m.Of(r.Models) is { } evaluation ? value(evaluation) : null, format))];

    static (string Name, Func<ModelEvaluations, ModelEvaluation?> Of)[] Models =>
    [
        ("original", m => m.Original), ("labelled images only", m => m.HumanOnly), ("+ unlabelled images", m => m.WithUnlabeled),
        ("+ pre-training loss (full, eq. 4)", m => m.Full), ("rejection sampling", m => m.RejectionSampling),
    ];

    static string Table(string title, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        string[] lines = [.. rows.Select(Line)];
        return lines.Length == 0 ? ""
            : $"### {title}\n\n{Line(header)}\n{Line([.. header.Select(_ => "---")])}\n{string.Join("\n", lines)}\n";
    }

    static string Line(IReadOnlyList<string> cells) => $"| {string.Join(" | ", cells)} |";

    static string Percent(double share) => $"{Number(100 * share, "F1")}%";

    static string Share(double? share) => share is double known ? Percent(known) : "";

    static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>A figure of every run, and how it is written.</summary>
    sealed record SeedRow(string Name, Func<EvaluationResult, double?> Value, Func<double, string> Format);
}
