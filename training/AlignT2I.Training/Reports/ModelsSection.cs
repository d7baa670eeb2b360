using AlignT2I.Training.Evaluation;

namespace AlignT2I.Training.Reports;

/// <summary>Stage 3 in numbers: reward and Fréchet distance (the paper's Table 2), alignment by category, rejection sampling (Fig. 3b).</summary>
internal static class ModelsSection
{
    public static string Html(ReportContent content)
    {
        IReadOnlyList<(ReportModel Model, ModelEvaluation Evaluation)> models = ReportModel.In(content.Result.Models);
        ModelEvaluation original = content.Result.Models.Original;
        string table = Reports.Html.Table(
            "Table 2. Average reward and Fréchet distance by model",
            ["Model", "Images", "Average reward ↑", "Fréchet distance ↓", "Alignment (simulated rater) ↑", "Change, points"],
            models.Select(m => (IReadOnlyList<string>)
            [
                $"""<i class="{m.Model.Style}"></i>{m.Model.Name}<small>{m.Model.Note}</small>""",
                Reports.Html.Count(m.Evaluation.Images),
                Reports.Html.Number(m.Evaluation.AverageReward, 3),
                Reports.Html.Number(m.Evaluation.FrechetDistance, 4),
                Reports.Html.Percent(m.Evaluation.Alignment.Overall),
                m.Model == ReportModel.Original ? "" : Reports.Html.Points(m.Evaluation.Alignment.Overall - original.Alignment.Overall),
            ]));
        List<string> charts =
        [
            Chart("Alignment by category of the prompt, judged by the simulated rater", ["Count", "Color", "Background", "Combination"],
                [.. models.Select(m => (m.Model, Rates(m.Evaluation, r => [r.Count, r.Color, r.Background, r.Combination])))]),
            Chart("Alignment on prompts about seen and unseen objects, judged by the simulated rater", ["All", "Seen objects", "Unseen objects"],
                [.. models.Select(m => (m.Model, Rates(m.Evaluation, r => [r.Overall, r.Seen, r.Unseen])))]),
            Chart("Figure 3b. Rejection sampling: the reward picks among the original model’s images", ["All", "Count", "Color", "Background", "Combination"],
                [.. models.Where(m => m.Model == ReportModel.Original || m.Model == ReportModel.RejectionSampling)
                    .Select(m => (m.Model, Rates(m.Evaluation, r => [r.Overall, r.Count, r.Color, r.Background, r.Combination])))]),
        ];
        if (content.FinetuneCurves.Any(c => c.Points.Count > 1))
        {
            var curves = new LineChart("Loss of fine-tuning", "update of the UNet", [.. content.FinetuneCurves.Where(c => c.Points.Count > 1)]);
            charts.Add($"<figure><figcaption>Training of the UNet: loss, eq. 4</figcaption>{curves.ToHtml()}</figure>");
        }
        return $"""
            <section id="models">
            <h2><small>Stage 3</small> Fine-tune the model: the numbers</h2>
            <p>Fine-tuning minimises the denoising loss on the model’s own images, each weighted by its reward, plus the pre-training loss. The
            Fréchet distance compares the images with rendered pictures of the same prompts in the space of the miniature’s own CLIP; it is not
            the FID of the paper, which needs an Inception network, and the two scales have nothing to do with each other.</p>
            {table}
            <div class="charts">
            {string.Join('\n', charts)}
            </div>
            </section>
            """;
    }

    static string Chart(string caption, string[] groups, IReadOnlyList<(ReportModel Model, IReadOnlyList<double?> Shares)> series)
    {
        var chart = new BarChart(caption + ", in percent", groups, [.. series.Select(s => (s.Model.Name, s.Model.Style, s.Shares))]);
        return $"<figure><figcaption>{caption}, in percent</figcaption>{chart.ToHtml()}</figure>";
    }

    static IReadOnlyList<double?> Rates(ModelEvaluation evaluation, Func<AlignmentRates, double?[]> pick) => pick(evaluation.Alignment);
}
