namespace AlignT2I.Training.Prompts;

/// <summary>The parts of the four categories of Lee et al. 2023, Table 1.</summary>
/// <param name="Count">Prompts that state a number only.</param>
/// <param name="Color">Prompts that state a colour only.</param>
/// <param name="Background">Prompts that state a background only.</param>
/// <param name="Combination">Prompts that state two or three of them.</param>
public sealed record GrammarShares(GrammarShare Count, GrammarShare Color, GrammarShare Background, GrammarShare Combination)
{
    /// <summary>The categories in the order in which prompts are drawn.</summary>
    internal IReadOnlyList<(PromptCategory Category, GrammarShare Share)> All =>
    [
        (PromptCategory.Count, Count), (PromptCategory.Color, Color),
        (PromptCategory.Background, Background), (PromptCategory.Combination, Combination),
    ];
}
