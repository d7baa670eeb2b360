using AlignT2I.Engine;

namespace AlignT2I.Training.Finetuning;

/// <summary>Images of one pass through the UNet.</summary>
/// <param name="Latents">Clean latents [n, h, w, C].</param>
/// <param name="Noise">Standard normal noise, same shape.</param>
/// <param name="Timesteps">Diffusion step of each, 0 to T - 1.</param>
/// <param name="EncoderHiddenStates">Text states [n, S, D].</param>
/// <param name="Coefficients">Factor of each image's mean squared error in the loss [n].</param>
public sealed record FinetuneBatch(
    Tensor Latents, Tensor Noise, IReadOnlyList<int> Timesteps, Tensor EncoderHiddenStates, IReadOnlyList<float> Coefficients);
