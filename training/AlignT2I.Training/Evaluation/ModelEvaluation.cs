namespace AlignT2I.Training.Evaluation;

/// <summary>What is measured of one model's images of the evaluation prompts.</summary>
/// <param name="AverageReward">Mean of the learned reward, 0 to 1.</param>
/// <param name="FrechetDistance">Distance to rendered images of the same prompts in CLIP's image features.</param>
/// <param name="Alignment">Share of images that the rater without errors finds good.</param>
/// <param name="Images">Number of images.</param>
public sealed record ModelEvaluation(double AverageReward, double FrechetDistance, AlignmentRates Alignment, int Images);
