namespace AlignT2I.WeightsConverter.Loading;

/// <summary>What a reader cannot find out from the file.</summary>
public sealed record LoadingOptions
{
    /// <summary>Which UNet weights of a training checkpoint.</summary>
    public WeightsChoice Weights { get; init; }

    /// <summary>
    /// A diffusers folder whose configurations an LDM file is read by; null reads sizes from shapes and takes SD v1.5's for what they
    /// cannot say.
    /// </summary>
    public string? ConfigFolder { get; init; }
}
