namespace AlignT2I.Training.Rewards;

/// <summary>Labels of validation prompts whose reward lies in one range: where the reward is calibrated,
/// the two means are alike.</summary>
/// <param name="Count">Number of labels.</param>
/// <param name="MeanReward">Their mean reward, 0 to 1.</param>
/// <param name="MeanLabel">Share of good ones among them, 0 to 1.</param>
public sealed record CalibrationBin(int Count, double MeanReward, double MeanLabel);
