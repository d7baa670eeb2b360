using System.Text.Json.Serialization;

namespace AlignT2I.Training.Rewards;

/// <summary>How a reward was trained: metrics.json beside it.</summary>
/// <param name="Seed">The options' seed.</param>
/// <param name="PromptClassificationWeight">lambda.</param>
/// <param name="DataFraction">Share of the training labels that was used.</param>
/// <param name="TrainingLabels">Labels trained on.</param>
/// <param name="ValidationLabels">Labels for validation, of other prompts.</param>
/// <param name="BestEpoch">The pass whose weights were kept, from 1.</param>
/// <param name="ValidationPairwiseAccuracy">Share of good and bad pairs of a validation prompt in the right order;
/// 0.5 where there is none.</param>
/// <param name="Epochs">The losses of each pass.</param>
/// <param name="Calibration">How rewards compare with the shares of good labels on validation prompts; null where there are none.</param>
/// <param name="Options">All options.</param>
/// <param name="DataHash">Tells the labels, prompts and embeddings from others.</param>
/// <param name="ElapsedSeconds">Duration of the training, embeddings not counted.</param>
/// <param name="ClipHash">Tells the CLIP whose embeddings it reads from others; null where it is not known.</param>
public sealed record RewardTrainingMetrics(
    ulong Seed,
    double PromptClassificationWeight,
    double DataFraction,
    int TrainingLabels,
    int ValidationLabels,
    int BestEpoch,
    double ValidationPairwiseAccuracy,
    IReadOnlyList<RewardEpoch> Epochs,
    Calibration? Calibration = null,
    RewardTrainingOptions? Options = null,
    string? DataHash = null,
    double ElapsedSeconds = 0,
    string? ClipHash = null)
{
    /// <summary>L_reward on the validation prompts, of the weights that were kept.</summary>
    [JsonIgnore]
    public double ValidationLoss => Epochs[Math.Max(0, BestEpoch - 1)].ValidationLoss;
}
