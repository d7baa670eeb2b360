using AlignT2I.Training.Evaluation;

namespace AlignT2I.Training.Reports;

/// <summary>How the report came about: settings, time and memory, and how to make it again.</summary>
internal static class SettingsSection
{
    public static string Html(ReportContent content)
    {
        EvaluationResult result = content.Result;
        string command = content.Command is not { } again ? "" :
            "<p>The same again, number for number on the same kind of processor:</p>"
            + $"<pre><code>{Reports.Html.Encode(again)}</code></pre>";
        string whose = content.LabelsAreSimulated && content.Rater == "simulated rater" ? "The rater is simulated throughout; its" : "The";
        string settings = string.Concat(content.Settings.GroupBy(s => s.Stage).Select(stage => Reports.Html.Table(
            stage.Key, ["Setting", "Value"],
            stage.Select(s => (IReadOnlyList<string>)[Reports.Html.Encode(s.Name), Reports.Html.Encode(s.Value)]))));
        return $"""
            <section id="settings">
            <h2>How this was made</h2>
            <p>Seed {result.Seed}; {Reports.Html.Duration(result.ElapsedSeconds)} in the process that wrote this, not
            counting what an interrupted one had done before; at most
            {Reports.Html.Number(result.PeakResidentBytes / 1e6, 0)} MB of memory.
            {whose} labels are in <code>feedback.jsonl</code>, every number of this page is in <code>report.json</code>, the images
            are in the run folder.</p>
            {command}
            <div class="settings">{settings}</div>
            </section>
            """;
    }
}
