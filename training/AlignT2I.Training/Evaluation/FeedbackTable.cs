using AlignT2I.Feedback;
using AlignT2I.Training.Prompts;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Evaluation;

/// <summary>Counts a run's labels by category.</summary>
public static class FeedbackTable
{
    /// <summary>The labels of a run's images, by the category of their prompts.</summary>
    /// <param name="run">The run folder: prompts.jsonl, images.jsonl, feedback.jsonl.</param>
    /// <exception cref="AlignT2I.Files.UsageException">A file is missing.</exception>
    /// <exception cref="AlignT2I.Files.FileFormatException">A file is damaged.</exception>
    public static FeedbackCounts Count(RunFolder run)
    {
        Dictionary<string, PromptCategory> categories = RunPrompts.Read(run).ToDictionary(p => p.Id, p => p.Category);
        Dictionary<string, string> promptOf = run.ReadImages().ToDictionary(i => i.File, i => i.PromptId);
        ILookup<PromptCategory, FeedbackLabel> labels = FeedbackFile.Read(run.FeedbackFile)
            .Where(r => promptOf.TryGetValue(r.Image, out string? id) && categories.ContainsKey(id))
            .ToLookup(r => categories[promptOf[r.Image]], r => r.Label);
        return new FeedbackCounts(
            Counts(labels[PromptCategory.Count]), Counts(labels[PromptCategory.Color]), Counts(labels[PromptCategory.Background]),
            Counts(labels[PromptCategory.Combination]), Counts(labels.SelectMany(l => l)));
    }

    static LabelCounts Counts(IEnumerable<FeedbackLabel> labels)
    {
        FeedbackLabel[] all = [.. labels];
        return new LabelCounts(
            all.Length, all.Count(l => l == FeedbackLabel.Good), all.Count(l => l == FeedbackLabel.Bad), all.Count(l => l == FeedbackLabel.Skip));
    }
}
