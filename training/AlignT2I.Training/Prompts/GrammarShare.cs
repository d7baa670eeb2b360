namespace AlignT2I.Training.Prompts;

/// <summary>A category's part of the training prompts.</summary>
/// <param name="Prompts">Training prompts of it in the whole set; in a smaller set its share is the same.</param>
/// <param name="Images">Images of all of them together, as evenly as it goes; null leaves that to who draws.</param>
public sealed record GrammarShare(int Prompts, int? Images = null)
{
    /// <summary>Images of the category's prompt number <paramref name="index"/>, from 0.</summary>
    internal int? ImagesOf(int index) => Images is { } all
        ? (int)((index + 1L) * all / Prompts - (long)index * all / Prompts) : null;
}
