using AlignT2I.Training.Evaluation;

namespace AlignT2I.Training.Reports;

/// <summary>Stage 3 in numbers: reward and Fréchet distance (the paper's Table 2), alignment by category,
/// rejection sampling (Fig. 3b).</summary>
internal static class ModelsSection
{
    public static string Html(ReportContent content)
    {
        IReadOnlyList<(ReportModel Model, ModelEvaluation Evaluation)> models = ReportModel.In(content.Result.Models);
        ModelEvaluation original = content.Result.Models.Original;
        (string Title, Func<ModelEvaluation, string?> Cell)[] columns =
        [
            ("Images", m => Reports.Html.Count(m.Images)),
            ("Average reward\u00a0↑", m => Cell(m.AverageReward, 3)),
            ("FID\u00a0↓", m => Cell(m.Fid, 2)),
            ("CLIP score\u00a0↑", m => Cell(m.ClipScore, 4)),
            ("Aesthetic score\u00a0↑", m => Cell(m.Aesthetic, 2)),
            ("Fréchet distance\u00a0↓", m => Cell(m.FrechetDistance, 4)),
            ($"Alignment ({content.Rater}) ↑", m => m.Alignment is { } a ? Reports.Html.Percent(a.Overall) : null),
            ("Change, points", m => m != original && (m.Alignment, original.Alignment) is ({ } a, { } before)
                ? Reports.Html.Points(a.Overall - before.Overall) : null),
        ];
        columns = [.. columns.Where(c => models.Any(m => c.Cell(m.Evaluation) is not null))];
        string table = Reports.Html.Table(
            "Table 2. What was measured of each model", ["Model", .. columns.Select(c => c.Title)],
            models.Select(m => (IReadOnlyList<string>)
            [
                $"""<i class="{m.Model.Style}"></i>{m.Model.Name}<small>{m.Model.Note}</small>""",
                .. columns.Select(c => c.Cell(m.Evaluation) ?? ""),
            ]));
        List<string> charts = models.Any(m => m.Evaluation.Alignment is not null) ? Alignment(content.Rater, models) : [];
        ReportCurve[] curves = [.. content.FinetuneCurves.Where(c => c.Points.Count > 1)];
        if (curves.Length > 0)
        {
            var chart = new LineChart("Loss of fine-tuning", "update of the UNet", curves);
            charts.Add($"<figure><figcaption>Training of the UNet: loss, eq. 4</figcaption>{chart.ToHtml()}</figure>");
        }
        return $"""
            <section id="models">
            <h2><small>Stage 3</small> Fine-tune the model: the numbers</h2>
            <p>Fine-tuning minimises the denoising loss on the model’s own images, each weighted by its reward, plus the pre-training loss.
            {Distances(content)}</p>
            {table}
            <div class="charts">
            {string.Join('\n', charts)}
            </div>
            </section>
            """;
    }

    static List<string> Alignment(string rater, IReadOnlyList<(ReportModel Model, ModelEvaluation Evaluation)> models) =>
    [
        Chart($"Alignment by category of the prompt, judged by the {rater}", ["Count", "Color", "Background", "Combination"],
            [.. models.Select(m => (m.Model, Rates(m.Evaluation, r => [r.Count, r.Color, r.Background, r.Combination])))]),
        Chart($"Alignment on prompts about seen and unseen objects, judged by the {rater}", ["All", "Seen objects", "Unseen objects"],
            [.. models.Select(m => (m.Model, Rates(m.Evaluation, r => [r.Overall, r.Seen, r.Unseen])))]),
        Chart("Figure 3b. Rejection sampling: the reward picks among the original model’s images",
            ["All", "Count", "Color", "Background", "Combination"],
            [.. models.Where(m => m.Model == ReportModel.Original || m.Model == ReportModel.RejectionSampling)
                .Select(m => (m.Model, Rates(m.Evaluation, r => [r.Overall, r.Count, r.Color, r.Background, r.Combination])))]),
    ];

    /// <summary>What the distances of the table were measured on.</summary>
    static string Distances(ReportContent content)
    {
        string fid = content.Result.Fid is not { } f ? "" :
            $"The FID is of {Reports.Html.Count(f.Images)} images of {f.Size} × {f.Size} pixels, one for each caption of "
            + $"<code>{Reports.Html.Encode(f.Captions)}</code>, to <code>{Reports.Html.Encode(f.Reference)}</code>, "
            + $"in the features of the Inception network with hash {f.Network}.";
        string miniature = !content.IsMiniature ? "" :
            "The Fréchet distance compares the images with rendered pictures of the same prompts in the space of the miniature’s own "
            + "CLIP; it is not the FID of the paper, which needs an Inception network, and the two scales have nothing to do "
            + "with each other.";
        return $"{fid} {miniature}".Trim();
    }

    static string? Cell(double? value, int decimals) => value is double number ? Reports.Html.Number(number, decimals) : null;

    static string Chart(string caption, string[] groups, IReadOnlyList<(ReportModel Model, IReadOnlyList<double?> Shares)> series)
    {
        var chart = new BarChart(caption + ", in percent", groups, [.. series.Select(s => (s.Model.Name, s.Model.Style, s.Shares))]);
        return $"<figure><figcaption>{caption}, in percent</figcaption>{chart.ToHtml()}</figure>";
    }

    static IReadOnlyList<double?> Rates(ModelEvaluation evaluation, Func<AlignmentRates, double?[]> pick) =>
        evaluation.Alignment is { } rates ? pick(rates) : new double?[5];
}
