using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Writing;

/// <summary>How a model is written.</summary>
public sealed record ConversionOptions
{
    /// <summary>Type of the floating-point tensors: float32, float16 or bfloat16; null keeps each as it is.</summary>
    public SafetensorsDType? DType { get; init; }

    /// <summary>Whether what is there under the name is replaced.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Told after every tensor; null for no one.</summary>
    public IProgress<ConversionProgress>? Progress { get; init; }

    /// <summary>Stops the writing between two tensors; nothing of it stays.</summary>
    public CancellationToken Cancellation { get; init; }
}
