namespace AlignT2I.Training.Evaluation;

/// <summary>Pairwise accuracy of scores against the rater's labels, 0 to 1 (Lee et al. 2023, Fig. 4).</summary>
/// <param name="Reward">The reward trained with prompt classification, on all labels; null where there is none.</param>
/// <param name="WithoutPromptClassification">The reward trained without it (lambda = 0); null where there is none.</param>
/// <param name="ClipScore">Cosine of CLIP's image and text embeddings.</param>
public sealed record RewardAccuracy(
    PairwiseAccuracy? Reward, PairwiseAccuracy? WithoutPromptClassification, PairwiseAccuracy ClipScore)
{
    /// <summary>Rewards on shares of the labels (Fig. 4b), rising; null without ablations.</summary>
    public IReadOnlyList<FractionAccuracy>? Fractions { get; init; }
}
