using AlignT2I.Engine;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Pipelines;

/// <summary>
/// The noise that the UNet sees in latents of one shape beside the same text states: what every step of a sampling asks,
/// recorded where the device can. With guidance from both halves of one batch: unconditional + scale * (conditional - unconditional).
/// </summary>
internal sealed class NoisePredictor : IDisposable
{
    readonly UNet2DCondition unet;
    readonly double? guidanceScale;
    readonly Tensor latents, timesteps, states, prediction;
    readonly RecordedWork work;

    /// <param name="unet">The network.</param>
    /// <param name="like">Latents of the shape and type to come [N, h, w, C].</param>
    /// <param name="states">Text states [N, S, D]; with guidance [2N, S, D], the unconditional first.</param>
    /// <param name="guidanceScale">Weight of guidance; null for none.</param>
    public NoisePredictor(UNet2DCondition unet, Tensor like, Tensor states, double? guidanceScale)
    {
        (this.unet, this.guidanceScale) = (unet, guidanceScale);
        latents = Tensor.Empty(like.Shape, like.DType, like.Backend).Persist();
        prediction = Tensor.Empty(like.Shape, like.DType, like.Backend).Persist();
        timesteps = Tensor.Empty([states.Shape[0]], like.DType, like.Backend).Persist();
        this.states = states.Clone().Persist();
        work = like.Backend.Record(() => prediction.CopyFrom(Predict()));
    }

    /// <summary>One evaluation.</summary>
    /// <param name="sample">The UNet's input [N, h, w, C].</param>
    /// <param name="timestep">Its timestep.</param>
    /// <returns>[N, h, w, C].</returns>
    public Tensor Call(Tensor sample, double timestep)
    {
        using MemoryScope scope = MemoryScope.Open();
        latents.CopyFrom(sample);
        timesteps.CopyFrom(Tensor.Full(timesteps.Shape, timesteps.DType, timesteps.Backend, timestep));
        work.Run();
        return scope.Keep(prediction.Clone());      // samplers keep predictions of earlier steps
    }

    public void Dispose()
    {
        work.Dispose();
        foreach (Tensor tensor in (ReadOnlySpan<Tensor>)[latents, timesteps, states, prediction])
            tensor.Dispose();
    }

    Tensor Predict()
    {
        if (guidanceScale is not { } scale)
            return unet.Call(latents, timesteps, states);
        Tensor both = unet.Call(Batches.Stack(latents, latents), timesteps, states);
        int half = (int)(both.Count / 2);
        Tensor[] halves = F.Split(both.Reshape([2 * half]), half, half);
        return F.Add(halves[0], F.Affine(F.Sub(halves[1], halves[0]), scale)).Reshape(latents.Shape);
    }
}
