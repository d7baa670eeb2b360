using AlignT2I.Feedback;
using AlignT2I.Training.Evaluation;

namespace AlignT2I.Training.Reports;

/// <summary>What people said between two models: votes by prompt, and how often seven in nine agree (the paper's Fig. 3).</summary>
internal static class HumanSection
{
    public static string Html(ReportContent content) => content.Result.HumanEvaluation is not { Count: > 0 } comparisons ? "" : $"""
        <section id="people">
        <h2><small>Evaluation</small> What people prefer</h2>
        <p>Raters saw the images of both models for a prompt side by side, left and right drawn by lot and without names, and
        said which show the prompt better and which look better, or neither. A prompt is decided where at least seven in nine
        of its raters say the same.</p>
        {string.Join('\n', comparisons.Select(Comparison))}
        </section>
        """;

    static string Comparison(HumanComparison comparison) => $"""
        <h3>{Name(comparison.Second)} against {Name(comparison.First)}</h3>
        <p>{Reports.Html.Count(comparison.Votes)} votes;
        {Reports.Html.Count(comparison.Complete)} prompts have all {comparison.Raters}.</p>
        {Majorities(comparison)}
        <div class="charts">
        {Histogram(comparison, "Image–text alignment", comparison.Alignment)}
        {Histogram(comparison, "Fidelity", comparison.Fidelity)}
        </div>
        """;

    static string Majorities(HumanComparison comparison) => Reports.Html.Table(
        "Figure 3. Prompts by what at least seven in nine raters say",
        ["Question", $"{Name(comparison.Second)} better", "Neither", $"{Name(comparison.First)} better", "Undecided"],
        new (string Name, QuestionFigures Figures)[] { ("Image–text alignment", comparison.Alignment), ("Fidelity", comparison.Fidelity) }
            .Select(q => (IReadOnlyList<string>)
            [
                q.Name, Share(q.Figures.ClearSecond, comparison), Share(q.Figures.ClearTie, comparison),
                Share(q.Figures.ClearFirst, comparison), Share(q.Figures.Undecided, comparison),
            ]));

    static string Share(int prompts, HumanComparison comparison) => comparison.Complete == 0 ? ""
        : $"{Reports.Html.Count(prompts)} <small>{Reports.Html.Percent((double)prompts / comparison.Complete)}</small>";

    static string Histogram(HumanComparison comparison, string question, QuestionFigures figures)
    {
        string caption = $"Figure 3. {question}: prompts by the number of votes for a model, in percent";
        IReadOnlyList<double?> Shares(IReadOnlyList<int> histogram) =>
            [.. histogram.Select(n => comparison.Complete == 0 ? (double?)null : (double)n / comparison.Complete)];
        var chart = new BarChart(
            caption, [.. Enumerable.Range(0, comparison.Raters + 1).Select(n => Reports.Html.Count(n))],
            [
                (Text(comparison.First), "m-original", Shares(figures.FirstHistogram)),
                (Text(comparison.Second), "m-full", Shares(figures.SecondHistogram)),
            ]);
        return $"<figure><figcaption>{caption}</figcaption>{chart.ToHtml()}</figure>";
    }

    static string Name(string set) => Reports.Html.Encode(Text(set));

    /// <summary>A set as a model: <c>evaluation/full</c> is “full”; the run's own images have no name.</summary>
    static string Text(string set) => set.Length == 0 ? "the run’s images" : set[(set.LastIndexOf('/') + 1)..];
}
