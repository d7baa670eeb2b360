using AlignT2I.Files;
using AlignT2I.Models.Pipelines;

namespace AlignT2I.Training.Generation;

/// <summary>How images are drawn. The defaults are those of Stable Diffusion v1.5.</summary>
public sealed record ImageGenerationOptions
{
    /// <summary>The miniature's.</summary>
    public static ImageGenerationOptions Miniature { get; } = new() { Steps = 10, GuidanceScale = 3, BatchSize = 32 };

    /// <summary>Denoising steps.</summary>
    public int Steps { get; init; } = 50;

    /// <summary>Classifier-free guidance weight; 1 is none.</summary>
    public double GuidanceScale { get; init; } = 7.5;

    /// <summary>What guidance leads away from.</summary>
    public string NegativePrompt { get; init; } = "";

    /// <summary>Height in pixels; null takes the model's own.</summary>
    public int? Height { get; init; }

    /// <summary>Width in pixels; null takes the model's own.</summary>
    public int? Width { get; init; }

    /// <summary>Images in one batch; a batch may mix prompts.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="UsageException">A value is out of range.</exception>
    public void Validate()
    {
        if (Steps < 1)
            throw new UsageException($"generate: {Steps} denoising steps; expected 1 or more.");
        if (!(GuidanceScale >= 0) || !double.IsFinite(GuidanceScale))
            throw new UsageException(FormattableString.Invariant($"generate: the guidance scale is {GuidanceScale}; expected 0 or more."));
        if (BatchSize < 1)
            throw new UsageException($"generate: the batch size is {BatchSize}; expected 1 or more.");
    }

    /// <summary>The same for the pipeline.</summary>
    internal GenerationOptions ForPipeline => new()
    {
        NumInferenceSteps = Steps,
        GuidanceScale = GuidanceScale,
        NegativePrompt = NegativePrompt,
        Height = Height,
        Width = Width,
    };
}
