using AlignT2I.Training.Evaluation;

namespace AlignT2I.Training.Reports;

/// <summary>Stage 2: how well rewards and CLIP score order images (the paper's Fig. 4), and how the reward was trained.</summary>
internal static class RewardSection
{
    static readonly string[] sets = ["Seen objects", "Unseen objects"];

    public static string Html(ReportContent content)
    {
        RewardAccuracy accuracy = content.Result.RewardAccuracy;
        List<string> charts =
        [
            Chart("Figure 4a. Pairwise accuracy against the simulated rater",
                ("Reward", "c-reward", accuracy.Reward),
                ("Reward without prompt classification", "c-without", accuracy.WithoutPromptClassification),
                ("CLIP score", "c-clip", accuracy.ClipScore)),
        ];
        if (accuracy is { HalfData: PairwiseAccuracy half, HalfDataWithoutPromptClassification: PairwiseAccuracy halfWithout })
        {
            charts.Add(Chart("Figure 4b. The same with half of the labels",
                ("Reward, all labels", "c-reward", accuracy.Reward),
                ("without prompt classification", "c-without", accuracy.WithoutPromptClassification),
                ("Reward, half the labels", "c-half", half),
                ("without prompt classification", "c-half-without", halfWithout)));
        }
        if (content.RewardCurves.Any(c => c.Points.Count > 1))
        {
            var curves = new LineChart("Loss of the reward", "pass over the labels", [.. content.RewardCurves.Where(c => c.Points.Count > 1)]);
            charts.Add($"<figure><figcaption>Training of the reward: loss, eq. 3</figcaption>{curves.ToHtml()}</figure>");
        }
        if (content.RewardCalibration.Count > 0)
        {
            var calibration = new LineChart("Calibration of the reward", "reward", content.RewardCalibration);
            charts.Add($"<figure><figcaption>Share of good labels by reward, on prompts held out of training</figcaption>{calibration.ToHtml()}</figure>");
        }
        return $"""
            <section id="reward">
            <h2><small>Stage 2</small> Learn a reward</h2>
            <p>A small network learns from the labels to tell, from the CLIP embeddings of image and prompt, whether a label would be good. Of two
            images of one prompt, one good and one bad to the simulated rater without errors, how often has the good one the higher score? A guess is
            right half the time. The prompts are not in training; {accuracy.Reward.SeenPairs:N0} pairs are of objects that the labels speak of,
            {accuracy.Reward.UnseenPairs:N0} of objects that they do not.</p>
            <div class="charts">
            {string.Join('\n', charts)}
            </div>
            </section>
            """;
    }

    static string Chart(string caption, params (string Name, string Style, PairwiseAccuracy Accuracy)[] series)
    {
        var chart = new BarChart(
            caption + ", in percent", sets,
            [.. series.Select(s => (s.Name, s.Style, (IReadOnlyList<double?>)[s.Accuracy.Seen, s.Accuracy.Unseen]))])
        {
            Reference = 0.5,
        };
        return $"<figure><figcaption>{caption}, in percent; dashed: a guess</figcaption>{chart.ToHtml()}</figure>";
    }
}
