using AlignT2I.Files;

namespace AlignT2I.Training.Generation;

/// <summary>How the images of a run are generated.</summary>
public sealed record ImageGenerationOptions
{
    /// <summary>Decides every image's seed, together with its prompt and number.</summary>
    public ulong Seed { get; init; }

    /// <summary>Images for each prompt.</summary>
    public int ImagesPerPrompt { get; init; } = 4;

    /// <summary>Denoising steps.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>Classifier-free guidance weight; 1 is none.</summary>
    public double GuidanceScale { get; init; } = 3;

    /// <summary>Images in one batch; a batch may mix prompts.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="UsageException">A value is out of range.</exception>
    public void Validate()
    {
        if (ImagesPerPrompt is < 1 or > ImageGenerator.MostImagesPerPrompt)
            throw new UsageException($"generate: {ImagesPerPrompt} images per prompt; expected 1 to {ImageGenerator.MostImagesPerPrompt}.");
        if (Steps < 1)
            throw new UsageException($"generate: {Steps} denoising steps; expected 1 or more.");
        if (!(GuidanceScale >= 0) || !double.IsFinite(GuidanceScale))
            throw new UsageException(FormattableString.Invariant($"generate: the guidance scale is {GuidanceScale}; expected 0 or more."));
        if (BatchSize < 1)
            throw new UsageException($"generate: the batch size is {BatchSize}; expected 1 or more.");
    }
}
