using AlignT2I.Training.Prompts;

namespace AlignT2I.Training.Reports;

/// <summary>Pictures of the same prompts from the same seeds by each model (the paper's Figs. 2 and 5).</summary>
internal static class SamplesSection
{
    public static string Html(ReportContent content) => content.Samples.Count == 0 ? "" : $"""
        <section id="samples">
        <h2><small>Stage 3</small> Fine-tune the model: before and after</h2>
        <p>Figure 5. Evaluation prompts, which no training used, each from the same seeds in every row. Below each picture:
        {Marks(content)}the learned reward. Prompts are taken in a fixed order, not chosen.</p>
        <div class="cards">
        {string.Join('\n', content.Samples.Select(Card))}
        </div>
        </section>
        """;

    static string Marks(ReportContent content) =>
        content.Result.Rater is null ? "" : $"✓ where it shows its prompt by the {content.Rater}, ✗ where not, and ";

    static string Card(ReportSample sample) => $"""
        <article class="card">
        <h3 dir="auto">{Reports.Html.Encode(sample.Prompt.Text)}</h3>
        <p class="chips"><span>{sample.Prompt.Category.ToString().ToLowerInvariant()}</span><span>{Set(sample.Prompt)}</span></p>
        {string.Join('\n', sample.Rows.Select(Row))}
        </article>
        """;

    static string Set(Prompt prompt) => prompt.Split == PromptSplit.Unseen ? "unseen object" : "seen object";

    static string Row((string Model, IReadOnlyList<ReportPicture> Pictures) row)
    {
        ReportModel model = ReportModel.Of(row.Model);
        string pictures = string.Concat(row.Pictures.Select(Reports.Html.Picture));
        return $"""
            <div class="strip"><h4><i class="{model.Style}"></i>{Reports.Html.Encode(model.Name)}</h4><div>{pictures}</div></div>
            """;
    }
}
