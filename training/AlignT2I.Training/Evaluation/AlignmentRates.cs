using AlignT2I.Training.Prompts;

namespace AlignT2I.Training.Evaluation;

/// <summary>Shares of good images, 0 to 1: of all prompts, of the two sets, and of each category over both sets.</summary>
/// <param name="Overall">All prompts.</param>
/// <param name="Seen">Prompts about objects that feedback speaks of; of this and of what follows null where no image is judged.</param>
/// <param name="Unseen">Prompts about other objects.</param>
/// <param name="Count">Prompts that state a number.</param>
/// <param name="Color">Prompts that state a colour.</param>
/// <param name="Background">Prompts that state a background.</param>
/// <param name="Combination">Prompts that state two or three of them.</param>
public sealed record AlignmentRates(
    double Overall, double? Seen, double? Unseen, double? Count, double? Color, double? Background, double? Combination)
{
    /// <summary>The shares among judged images.</summary>
    /// <param name="images">One at least.</param>
    public static AlignmentRates Of(IReadOnlyCollection<(Prompt Prompt, bool Good)> images) => new(
        images.Average(i => i.Good ? 1.0 : 0.0),
        Share(images.Where(i => i.Prompt.Split != PromptSplit.Unseen)),
        Share(images.Where(i => i.Prompt.Split == PromptSplit.Unseen)),
        Share(images.Where(i => i.Prompt.Category == PromptCategory.Count)),
        Share(images.Where(i => i.Prompt.Category == PromptCategory.Color)),
        Share(images.Where(i => i.Prompt.Category == PromptCategory.Background)),
        Share(images.Where(i => i.Prompt.Category == PromptCategory.Combination)));

    static double? Share(IEnumerable<(Prompt Prompt, bool Good)> images) => images.Average(i => (double?)(i.Good ? 1.0 : 0.0));
}
