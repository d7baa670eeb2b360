namespace AlignT2I.Training.Rewards;

/// <summary>Losses of one pass over the labels.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">Training loss L_reward, mean over the updates.</param>
/// <param name="MeanSquaredError">Its first term.</param>
/// <param name="PromptClassification">Its second term, not weighted; 0 where left out.</param>
/// <param name="ValidationLoss">L_reward on the validation prompts after the pass; the training loss where there are none.</param>
public sealed record RewardEpoch(int Epoch, double Loss, double MeanSquaredError, double PromptClassification, double ValidationLoss);
