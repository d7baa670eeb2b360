namespace AlignT2I.Training.Evaluation;

/// <summary>The labels of an experiment, by category of the prompt (Lee et al. 2023, Table 1).</summary>
/// <param name="Count">Prompts that state a number.</param>
/// <param name="Color">Prompts that state a colour.</param>
/// <param name="Background">Prompts that state a background.</param>
/// <param name="Combination">Prompts that state two or three of them.</param>
/// <param name="Total">All of them.</param>
public sealed record FeedbackCounts(
    LabelCounts Count, LabelCounts Color, LabelCounts Background, LabelCounts Combination, LabelCounts Total);
