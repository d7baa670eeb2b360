using AlignT2I.Feedback;

namespace AlignT2I.FeedbackServer.Figures;

/// <summary>A row of Table 1 (Lee et al. 2023): the labels of the prompts that test one thing.</summary>
/// <param name="Category">As prompts.jsonl says it; <c>total</c> for the last row.</param>
/// <param name="Prompts">Prompts with a label.</param>
/// <param name="Images">Images with a label.</param>
/// <param name="Good">Labels good, all raters counted; likewise the others.</param>
internal sealed record CategoryFigures(string Category, int Prompts, int Images, int Good, int Bad, int Skip)
{
    public static IReadOnlyList<CategoryFigures> Of(Snapshot snapshot)
    {
        var labels = snapshot.Counting().Select(l => (snapshot.Images[l.ImageId], l.Label)).ToArray();
        IEnumerable<CategoryFigures> rows = labels.GroupBy(l => l.Item1.Category.Length == 0 ? "other" : l.Item1.Category)
            .OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Row(g.Key, [.. g]));
        return [.. rows, Row("total", labels)];
    }

    static CategoryFigures Row(string category, (Storage.ImageRow Image, FeedbackLabel Label)[] labels) => new(
        category, labels.Select(l => l.Image.Prompt).Distinct().Count(), labels.Select(l => l.Image.Id).Distinct().Count(),
        labels.Count(l => l.Label == FeedbackLabel.Good), labels.Count(l => l.Label == FeedbackLabel.Bad),
        labels.Count(l => l.Label == FeedbackLabel.Skip));
}
