using AlignT2I.Engine;
using AlignT2I.Models.Schedulers;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Training.Pretraining;

/// <summary>Trains the UNet to predict the noise of latents.</summary>
/// <remarks>Ho et al. 2020, arXiv:2006.11239, algorithm 1; conditioning dropped at times for classifier-free guidance
/// (Ho &amp; Salimans 2022).</remarks>
internal sealed class DiffusionPhase(
    UNet2DCondition unet, ParameterStore parameters, LatentScenes scenes, SceneCaptions captions, PretrainOptions options)
    : PretrainingPhase(Plan(captions, options), options, parameters)
{
    readonly Scheduler scheduler = Scheduler.Create(MiniatureArchitecture.Scheduler);

    protected override Tensor[] Batch(Philox random)
    {
        int n = Options.DiffusionBatchSize;
        Tensor noise = Tensor.Empty([n, .. LatentScenes.LatentShape], DType.F32, Backend);
        random.Normal(noise);
        Tensor latents = Tensor.Empty(noise.Shape, DType.F32, Backend.Cpu);
        Tensor encoderHiddenStates = Tensor.Empty([n, .. scenes.TextShape], DType.F32, Backend.Cpu);
        int[] timesteps = new int[n];
        for (int i = 0; i < n; i++)
        {
            int scene = random.NextInt(scenes.Count);
            timesteps[i] = random.NextInt(scheduler.Config.NumTrainTimesteps);
            bool dropped = random.NextDouble() < Options.ConditioningDropout;
            scenes.TextStates(dropped ? LatentScenes.EmptyCaption : scenes.Caption(scene, captions))
                .CopyTo(encoderHiddenStates.AsSpan<float>()[(i * scenes.TextLength)..]);
            scenes.Latents(scene).CopyTo(latents.AsSpan<float>()[(i * LatentScenes.LatentLength)..]);
        }

        return
        [
            scheduler.AddNoise(latents.To(Backend), noise, timesteps), noise,
            Tensor.From(Array.ConvertAll(timesteps, t => (float)t), [n], Backend), encoderHiddenStates.To(Backend),
        ];
    }

    protected override Tensor Loss(Tensor[] batch)
    {
        (Tensor sample, Tensor noise, Tensor timesteps, Tensor encoderHiddenStates) = (batch[0], batch[1], batch[2], batch[3]);
        return F.MseLoss(unet.Call(sample, timesteps, encoderHiddenStates), noise);
    }

    static PhasePlan Plan(SceneCaptions captions, PretrainOptions options) => captions == SceneCaptions.True
        ? new PhasePlan("train UNet", options.DiffusionSteps, options.DiffusionLearningRate, Stream: 3, options.DiffusionScheduleSteps)
        : new PhasePlan("train UNet on web captions", options.WebSteps, options.WebLearningRate, Stream: 5);
}
