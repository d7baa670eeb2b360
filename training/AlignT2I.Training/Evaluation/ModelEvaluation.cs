namespace AlignT2I.Training.Evaluation;

/// <summary>What is measured of one model's images of the evaluation prompts; null where there is nothing to measure with.</summary>
/// <param name="AverageReward">Mean of the learned reward, 0 to 1.</param>
/// <param name="FrechetDistance">Distance to rendered images of the same prompts in CLIP's image features; of the miniature only.</param>
/// <param name="Alignment">Share of images that the judge finds good: the simulated rater without errors, or people's labels.</param>
/// <param name="Images">Number of images.</param>
public sealed record ModelEvaluation(double? AverageReward, double? FrechetDistance, AlignmentRates? Alignment, int Images)
{
    /// <summary>Mean cosine of CLIP's embeddings of image and prompt, -1 to 1.</summary>
    public double? ClipScore { get; init; }

    /// <summary>Mean aesthetic score, about 1 to 10.</summary>
    public double? Aesthetic { get; init; }

    /// <summary>Fréchet Inception distance of the model's images of captions to the reference images;
    /// null also for rejection sampling.</summary>
    public double? Fid { get; init; }
}
