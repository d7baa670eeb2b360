using AlignT2I.Engine;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Training.Pretraining;

/// <summary>Trains the UNet to predict the noise of latents.</summary>
/// <remarks>Ho et al. 2020, arXiv:2006.11239, algorithm 1; conditioning dropped at times for classifier-free guidance (Ho &amp; Salimans 2022).</remarks>
internal sealed class DiffusionPhase(
    UNet2DCondition unet, ParameterStore parameters, LatentScenes scenes, IReadOnlyList<double> alphasCumprod, PretrainOptions options)
    : PretrainingPhase(
        "train UNet", options.DiffusionSteps, options.DiffusionLearningRate, options, parameters, stream: 3, options.DiffusionScheduleSteps)
{
    protected override Tensor Loss(Philox random)
    {
        int n = Options.DiffusionBatchSize, length = LatentScenes.LatentLength;
        Tensor sample = Tensor.Empty([n, .. LatentScenes.LatentShape], DType.F32, Backend.Cpu);
        Tensor noise = Tensor.Empty(sample.Shape, DType.F32, Backend.Cpu);
        Tensor encoderHiddenStates = Tensor.Empty([n, .. scenes.TextShape], DType.F32, Backend.Cpu);
        Tensor timesteps = Tensor.Empty([n], DType.F32, Backend.Cpu);
        random.Normal(noise.AsSpan<float>());
        for (int i = 0; i < n; i++)
        {
            int scene = random.NextInt(scenes.Count), timestep = random.NextInt(alphasCumprod.Count);
            bool dropped = random.NextDouble() < Options.ConditioningDropout;
            scenes.TextStates(dropped ? LatentScenes.EmptyCaption : scenes.Caption(scene))
                .CopyTo(encoderHiddenStates.AsSpan<float>()[(i * scenes.TextLength)..]);
            timesteps.AsSpan<float>()[i] = timestep;

            float signal = (float)Math.Sqrt(alphasCumprod[timestep]), sigma = (float)Math.Sqrt(1 - alphasCumprod[timestep]);
            ReadOnlySpan<float> latents = scenes.Latents(scene), eps = noise.AsSpan<float>().Slice(i * length, length);
            Span<float> noisy = sample.AsSpan<float>().Slice(i * length, length);
            for (int j = 0; j < length; j++)
                noisy[j] = signal * latents[j] + sigma * eps[j];
        }

        return F.MseLoss(unet.Call(sample.To(Backend), timesteps.To(Backend), encoderHiddenStates.To(Backend)), noise.To(Backend));
    }
}
