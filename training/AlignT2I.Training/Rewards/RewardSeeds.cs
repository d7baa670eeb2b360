namespace AlignT2I.Training.Rewards;

/// <summary>One reward trained from several seeds: seeds.json beside the first.</summary>
/// <param name="Seeds">The seeds; the first one's reward is the one that is used.</param>
/// <param name="ValidationLoss">L_reward on validation prompts.</param>
/// <param name="ValidationPairwiseAccuracy">Share of good and bad pairs of a validation prompt in the right order.</param>
/// <param name="CalibrationError">Expected calibration error on validation prompts; null where there are none.</param>
public sealed record RewardSeeds(
    IReadOnlyList<ulong> Seeds, RewardSpread ValidationLoss, RewardSpread ValidationPairwiseAccuracy, RewardSpread? CalibrationError)
{
    /// <summary>The figures over the seeds' trainings.</summary>
    public static RewardSeeds Of(IReadOnlyList<RewardTrainingMetrics> metrics) => new(
        [.. metrics.Select(m => m.Seed)], RewardSpread.Of([.. metrics.Select(m => m.ValidationLoss)]),
        RewardSpread.Of([.. metrics.Select(m => m.ValidationPairwiseAccuracy)]),
        metrics.All(m => m.Calibration is not null) ? RewardSpread.Of([.. metrics.Select(m => m.Calibration!.ExpectedError)]) : null);
}
