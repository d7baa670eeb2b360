using AlignT2I.Training.Evaluation;

namespace AlignT2I.Training.Reports;

/// <summary>Stage 2: how well rewards and CLIP score order images (the paper's Fig. 4), and how the reward was trained.</summary>
internal static class RewardSection
{
    static readonly string[] sets = ["Seen objects", "Unseen objects"];

    public static string Html(ReportContent content)
    {
        if (content.Result.RewardAccuracy is not { } accuracy)
            return "";
        bool simulated = content.Rater == "simulated rater";
        string judge = simulated ? "the simulated rater without errors" : "most of its raters";
        string against = simulated ? "the simulated rater" : "people’s labels";
        List<string> charts =
        [
            Chart($"Figure 4a. Pairwise accuracy against {against}",
                ("Reward", "c-reward", accuracy.Reward),
                ("Reward without prompt classification", "c-without", accuracy.WithoutPromptClassification),
                ("CLIP score", "c-clip", accuracy.ClipScore)),
        ];
        if (accuracy.Fractions is { } fractions)
            charts.Add(ByFraction([.. fractions, new(1, accuracy.Reward, accuracy.WithoutPromptClassification)]));
        ReportCurve[] curves = [.. content.RewardCurves.Where(c => c.Points.Count > 1)];
        if (curves.Length > 0)
        {
            var loss = new LineChart("Loss of the reward", "pass over the labels", curves);
            charts.Add($"<figure><figcaption>Training of the reward: loss, eq. 3</figcaption>{loss.ToHtml()}</figure>");
        }
        if (content.RewardCalibration.Count > 0)
        {
            var calibration = new LineChart("Calibration of the reward", "reward", content.RewardCalibration);
            charts.Add("<figure><figcaption>Share of good labels by reward, on prompts held out of training</figcaption>"
                + $"{calibration.ToHtml()}</figure>");
        }
        return $"""
            <section id="reward">
            <h2><small>Stage 2</small> Learn a reward</h2>
            <p>A small network learns from the labels to tell, from the CLIP embeddings of image and prompt, whether a label would be
            good. Of two images of one prompt, one good and one bad to {judge}, how often has the good one the higher score? A guess is
            right half the time. The prompts are not in training; {accuracy.ClipScore.SeenPairs:N0} pairs are of objects that the labels
            speak of, {accuracy.ClipScore.UnseenPairs:N0} of objects that they do not.</p>
            <div class="charts">
            {string.Join('\n', charts)}
            </div>
            </section>
            """;
    }

    /// <summary>Accuracy by the share of the labels that was trained on.</summary>
    static string ByFraction(IReadOnlyList<FractionAccuracy> all)
    {
        (string, string, IReadOnlyList<double?>) Series(string name, string style, Func<FractionAccuracy, double?> share) =>
            (name, style, [.. all.Select(share)]);
        return Figure("Figure 4b. The same by the share of labels trained on",
            [.. all.Select(f => FormattableString.Invariant($"{100 * f.Fraction:0.##}% of labels"))],
            [
                Series("Reward, seen objects", "c-reward", f => Seen(f.Reward)),
                Series("without prompt classification, seen objects", "c-without", f => Seen(f.WithoutPromptClassification)),
                Series("Reward, unseen objects", "c-unseen", f => Unseen(f.Reward)),
                Series("without prompt classification, unseen objects", "c-unseen-without", f => Unseen(f.WithoutPromptClassification)),
            ]);
    }

    static double? Seen(PairwiseAccuracy? accuracy) => accuracy is { SeenPairs: > 0 } ? accuracy.Seen : null;

    static double? Unseen(PairwiseAccuracy? accuracy) => accuracy is { UnseenPairs: > 0 } ? accuracy.Unseen : null;

    /// <summary>The two shares; none of a set without pairs.</summary>
    static IReadOnlyList<double?> Shares(PairwiseAccuracy accuracy) =>
        [Seen(accuracy), Unseen(accuracy)];

    static string Chart(string caption, params (string Name, string Style, PairwiseAccuracy? Accuracy)[] series) => Figure(
        caption, sets, [.. series.Where(s => s.Accuracy is not null).Select(s => (s.Name, s.Style, Shares(s.Accuracy!)))]);

    static string Figure(
        string caption, IReadOnlyList<string> groups, IReadOnlyList<(string Name, string Style, IReadOnlyList<double?> Shares)> series)
    {
        var chart = new BarChart(caption + ", in percent", groups, series) { Reference = 0.5 };
        return $"<figure><figcaption>{caption}, in percent; dashed: a guess</figcaption>{chart.ToHtml()}</figure>";
    }
}
