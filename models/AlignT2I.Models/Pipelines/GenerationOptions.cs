namespace AlignT2I.Models.Pipelines;

/// <summary>How images are sampled.</summary>
public sealed record GenerationOptions
{
    /// <summary>Denoising steps.</summary>
    public int NumInferenceSteps { get; init; } = 50;

    /// <summary>Weight of classifier-free guidance: 1 is none, and takes half the time.</summary>
    public double GuidanceScale { get; init; } = 7.5;

    /// <summary>What guidance leads away from.</summary>
    public string NegativePrompt { get; init; } = "";

    /// <summary>Height in pixels; null takes the model's own.</summary>
    public int? Height { get; init; }

    /// <summary>Width in pixels; null takes the model's own.</summary>
    public int? Width { get; init; }
}
