using AlignT2I.Engine;

namespace AlignT2I.Models.Pipelines;

/// <summary>Called after every evaluation of the UNet.</summary>
/// <param name="step">Evaluations done, from 1.</param>
/// <param name="steps">Evaluations in all.</param>
/// <param name="latents">The latents now [N, h, w, C]; they live until the callback returns.</param>
public delegate void DenoisingProgress(int step, int steps, Tensor latents);
