using AlignT2I.Feedback;
using AlignT2I.Training.Prompts;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Evaluation;

/// <summary>Counts a run's labelled images by category.</summary>
public static class FeedbackTable
{
    /// <summary>The images that raters were shown, by the category of their prompts and by what most raters said of each.</summary>
    /// <param name="run">The run folder: prompts.jsonl, images.jsonl, feedback.jsonl.</param>
    /// <exception cref="AlignT2I.Files.UsageException">A file is missing.</exception>
    /// <exception cref="AlignT2I.Files.FileFormatException">A file is damaged.</exception>
    public static FeedbackCounts Count(RunFolder run)
    {
        Dictionary<string, PromptCategory> categories = RunPrompts.Read(run).ToDictionary(p => p.Id, p => p.Category);
        Dictionary<string, string> promptOf = run.ReadImages().ToDictionary(i => i.File, i => i.PromptId);
        IReadOnlyList<FeedbackRecord> records = run.ReadFeedback();
        Dictionary<string, FeedbackLabel?> majorities = LabelledImage.FromFeedback(records).ToDictionary(i => i.Image, i => i.Majority);
        ILookup<PromptCategory, FeedbackLabel> labels = records.Select(r => r.Image).Distinct()
            .Where(image => promptOf.TryGetValue(image, out string? id) && categories.ContainsKey(id))
            .ToLookup(image => categories[promptOf[image]], image => majorities.GetValueOrDefault(image) ?? FeedbackLabel.Skip);
        return new FeedbackCounts(
            Counts(labels[PromptCategory.Count]), Counts(labels[PromptCategory.Color]), Counts(labels[PromptCategory.Background]),
            Counts(labels[PromptCategory.Combination]), Counts(labels.SelectMany(l => l)));
    }

    static LabelCounts Counts(IEnumerable<FeedbackLabel> labels)
    {
        FeedbackLabel[] all = [.. labels];
        int Count(FeedbackLabel label) => all.Count(l => l == label);
        return new LabelCounts(all.Length, Count(FeedbackLabel.Good), Count(FeedbackLabel.Bad), Count(FeedbackLabel.Skip));
    }
}
