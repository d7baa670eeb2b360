using AlignT2I.Engine;
using AlignT2I.Models.Schedulers;

namespace AlignT2I.Training.Finetuning;

/// <summary>What the loss of a batch reads, all of it tensors where the UNet computes.</summary>
/// <param name="Sample">Noisy latents [n, h, w, C].</param>
/// <param name="Noise">The noise in them, same shape.</param>
/// <param name="Timesteps">Diffusion step of each [n].</param>
/// <param name="EncoderHiddenStates">Text states [n, S, D].</param>
/// <param name="Weights">Factor of each image's mean squared error, times n [n].</param>
internal sealed record FinetuneInputs(Tensor Sample, Tensor Noise, Tensor Timesteps, Tensor EncoderHiddenStates, Tensor Weights)
{
    /// <summary>Adds the noise of a batch to its latents.</summary>
    public static FinetuneInputs Of(Scheduler scheduler, FinetuneBatch batch)
    {
        int n = batch.Timesteps.Count;
        int[] timesteps = [.. batch.Timesteps];
        Backend backend = batch.Latents.Backend;
        float[] weights = [.. batch.Coefficients.Select(c => c * n)];     // MseLoss divides by n
        return new FinetuneInputs(
            scheduler.AddNoise(batch.Latents, batch.Noise, timesteps), batch.Noise,
            Tensor.From(Array.ConvertAll(timesteps, t => (float)t), [n], backend), batch.EncoderHiddenStates, Tensor.From(weights,
                [n], backend));
    }

    /// <summary>As recorded work is given them.</summary>
    public FinetuneInputs(Tensor[] tensors) : this(tensors[0], tensors[1], tensors[2], tensors[3], tensors[4])
    {
    }

    /// <summary>As recorded work takes them.</summary>
    public Tensor[] Tensors => [Sample, Noise, Timesteps, EncoderHiddenStates, Weights];
}
