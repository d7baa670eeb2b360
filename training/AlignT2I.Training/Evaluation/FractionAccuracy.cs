namespace AlignT2I.Training.Evaluation;

/// <summary>Pairwise accuracy of the rewards that were trained on a share of the labels.</summary>
/// <param name="Fraction">The share, above 0 and below 1.</param>
/// <param name="Reward">With prompt classification; null where there is none.</param>
/// <param name="WithoutPromptClassification">Without it; null where there is none.</param>
public sealed record FractionAccuracy(double Fraction, PairwiseAccuracy? Reward, PairwiseAccuracy? WithoutPromptClassification);
