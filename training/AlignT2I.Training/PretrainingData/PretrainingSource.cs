using AlignT2I.Training.Finetuning;

namespace AlignT2I.Training.PretrainingData;

/// <summary>Where the images of the pre-training loss come from: D_pre of Lee et al. 2023, eq. 4.</summary>
public abstract class PretrainingSource
{
    /// <summary>Puts the latents of all images into the cache, computing those that are missing.</summary>
    /// <param name="latents">The cache.</param>
    /// <param name="progress">Told all along.</param>
    /// <param name="cancellationToken">Ends the work after a batch; what has come is kept.</param>
    /// <returns>The images, always in the same order.</returns>
    internal abstract IReadOnlyList<PretrainingImage> Collect(
        LatentCache latents, IProgress<StageProgress>? progress, CancellationToken cancellationToken);
}
