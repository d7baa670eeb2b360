using AlignT2I.Engine;

namespace AlignT2I.Training.Rewards;

/// <summary>The reward loss and its parts, scalars.</summary>
/// <param name="MeanSquaredError">L_MSE.</param>
/// <param name="PromptClassification">L_pc, not weighted; null where it was left out.</param>
/// <param name="Total">L_MSE + lambda L_pc.</param>
public sealed record RewardLossTerms(Tensor MeanSquaredError, Tensor? PromptClassification, Tensor Total);
