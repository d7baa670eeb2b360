using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Models.Pipelines;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.Training.Miniature;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Pretraining;

/// <summary>Makes the miniature from nothing: tokenizer, autoencoder, CLIP and diffusion model, written as a diffusers folder.</summary>
/// <remarks>
/// The UNet learns twice: from true captions, and from such as the web has (<see cref="WebCaption"/>). The first leaves a whole model
/// behind, in pretraining/base; the second trains the UNet of that on, or of another.
/// </remarks>
/// <param name="outputFolder">The folder.</param>
/// <param name="options">How to train.</param>
/// <param name="backend">Where to compute; null is the CPU.</param>
public sealed class MiniaturePretrainer(string outputFolder, PretrainOptions options, Backend? backend = null)
{
    readonly string work = Path.Combine(outputFolder, "pretraining");

    /// <summary>Trains what is not trained yet. Stopped or killed, it goes on from the last checkpoint, with the same result.</summary>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellation">Stops after the step in flight, with a checkpoint.</param>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    /// <exception cref="StorageException">The disk is full, or the folder cannot be written.</exception>
    /// <exception cref="UsageException">Another process is at work on the folder, it was begun with other options, the base model is
    /// not one, or the training diverged.</exception>
    public void Run(IProgress<StageProgress>? progress = null, CancellationToken cancellation = default)
    {
        using RunLock runLock = RunLock.Acquire(outputFolder);
        RunFolder.Make(work);
        if (options.BaseModel is { } model)
        {
            if (Path.GetFullPath(model) == Path.GetFullPath(outputFolder))
                throw new UsageException($"{model}: the folder is both the base and the output; choose another output.");
            MiniatureModelWriter.Require(model);
        }
        PretrainRecord.Claim(work, options);
        if (options.BaseModel is null)
            TrainOnTrueCaptions(progress, cancellation);
        TrainOnWebCaptions(options.BaseModel ?? OwnBase, progress, cancellation);
    }

    string OwnBase => Path.Combine(work, "base");

    void TrainOnTrueCaptions(IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        ClipTokenizer tokenizer = BpeTrainer.Train(SceneGrammar.Words, MiniatureArchitecture.MaxTokens);

        using ParameterStore vaeParameters = new(new RandomParameters(options.Seed), backend);
        AutoencoderKL vae = new(vaeParameters.Root, MiniatureArchitecture.Vae);
        using (VaePhase phase = new(vae, vaeParameters, options))
            Run(phase, "vae", progress, cancellation);

        using ParameterStore clipParameters = new(new RandomParameters(options.Seed + 1), backend);
        ClipConfig clipConfig = MiniatureArchitecture.Clip(tokenizer.VocabularySize, tokenizer.BosTokenId, tokenizer.EosTokenId);
        ClipModel clip = new(clipParameters.Root, clipConfig);
        using (ClipPhase phase = new(clip, tokenizer, clipParameters, options))
            Run(phase, "clip", progress, cancellation);

        LatentScenes scenes = LatentScenes.Make(
            Latents, vae, clip.TextModel, tokenizer, options, vaeParameters.Backend, null, progress, cancellation);
        using ParameterStore unetParameters = new(new RandomParameters(options.Seed + 2), backend);
        UNet2DCondition unet = new(unetParameters.Root, MiniatureArchitecture.UNet);
        using (DiffusionPhase phase = new(unet, unetParameters, scenes, SceneCaptions.True, options))
            Run(phase, "unet", progress, cancellation);

        MiniatureModelWriter writer = new(OwnBase);
        writer.WriteTokenizer(tokenizer);
        writer.WriteVae(MiniatureArchitecture.Vae with { ScalingFactor = scenes.ScalingFactor }, vaeParameters);
        writer.WriteClip(clipConfig, clipParameters);
        writer.WriteUNet(MiniatureArchitecture.UNet, unetParameters);
        writer.WriteScheduler(MiniatureArchitecture.Scheduler);
    }

    void TrainOnWebCaptions(string baseModel, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        MiniatureModelWriter writer = new(outputFolder);
        writer.CopyFrozen(baseModel);
        using StableDiffusionModel model = StableDiffusionModel.Load(baseModel, backend: backend, trainedUNet: DType.F32);
        LatentScenes scenes = LatentScenes.Make(
            Latents, model.Vae, model.TextEncoder, model.Tokenizer, options, model.VaeParameters.Backend,
            model.Vae.Config.ScalingFactor, progress, cancellation);
        using (DiffusionPhase phase = new(model.UNet, model.UNetParameters, scenes, SceneCaptions.Web, options))
            Run(phase, "unet-web", progress, cancellation);

        writer.WriteUNet(model.UNet.Config, model.UNetParameters);
        writer.WriteScheduler(MiniatureArchitecture.Scheduler);
    }

    string Latents => Path.Combine(work, "scenes.safetensors");

    void Run(PretrainingPhase phase, string name, IProgress<StageProgress>? progress, CancellationToken cancellation) =>
        phase.Run(Path.Combine(work, $"{name}.safetensors"), options.CheckpointSteps, progress, cancellation);
}
