namespace AlignT2I.Training.Rewards;

/// <summary>How a reward was trained.</summary>
/// <param name="Variant">Which it is.</param>
/// <param name="Metrics">The training of the first seed, whose reward is used.</param>
/// <param name="Seeds">Its figures over all seeds.</param>
public sealed record RewardResult(RewardVariant Variant, RewardTrainingMetrics Metrics, RewardSeeds Seeds);
