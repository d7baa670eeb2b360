using AlignT2I.Training.Evaluation;

namespace AlignT2I.Training.Reports;

/// <summary>Stage 1: the labels by category (the paper's Table 1), and some labelled images.</summary>
internal static class FeedbackSection
{
    public static string Html(ReportContent content)
    {
        if (content.Result.Feedback is not { } feedback)
            return "";
        (string raters, string sentence) = content.LabelsAreSimulated
            ? ("the simulated rater", "The simulated rater labelled each good, bad or skipped; like people, "
                + "it errs now and then, at a rate that was set.")
            : ("the raters", "Raters labelled them good, bad or skipped.");
        (string Name, LabelCounts Counts)[] rows =
        [
            ("Count", feedback.Count), ("Color", feedback.Color), ("Background", feedback.Background),
            ("Combination", feedback.Combination), ("Total", feedback.Total),
        ];
        string table = Reports.Html.Table(
            $"Table 1. Labels of {raters} by category of the prompt",
            ["Category", "Images", "Good", "Bad", "Skip", """<span class="wide">Share of good, bad and skip</span>"""],
            rows.Select(r => (IReadOnlyList<string>)
            [
                r.Name, Reports.Html.Count(r.Counts.Images),
                Cell(r.Counts.Good, r.Counts), Cell(r.Counts.Bad, r.Counts), Cell(r.Counts.Skip, r.Counts), Bar(r.Counts),
            ]));
        string examples = content.Labelled.Count == 0 ? "" : $"""
            <h3>Some of the labelled images</h3>
            <ul class="examples">
            {string.Join('\n', content.Labelled.Select(Example))}
            </ul>
            """;
        return $"""
            <section id="feedback">
            <h2><small>Stage 1</small> Collect feedback</h2>
            <p>The original model drew images for prompts that test a count, a colour, a background or a combination of them.
            {sentence}</p>
            {table}
            {examples}
            </section>
            """;
    }

    static string Cell(int count, LabelCounts counts) =>
        $"{Reports.Html.Count(count)} <small>{Reports.Html.Percent(Share(count, counts))}</small>";

    static string Bar(LabelCounts counts) =>
        "<span class=\"stack wide\" aria-hidden=\"true\">"
        + Part("good", counts.Good, counts) + Part("bad", counts.Bad, counts) + Part("skip", counts.Skip, counts) + "</span>";

    static string Part(string style, int count, LabelCounts counts) =>
        $"""<i class="{style}" style="width:{Reports.Html.Length(100 * Share(count, counts))}%"></i>""";

    static double Share(int count, LabelCounts counts) => counts.Images == 0 ? 0 : (double)count / counts.Images;

    static string Example(ReportPicture picture) =>
        $"<li>{Reports.Html.Picture(picture)}<span dir=\"auto\">{Reports.Html.Encode(picture.Prompt)}</span></li>";
}
