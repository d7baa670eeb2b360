using System.Text.Json;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Pipelines;
using AlignT2I.Models.Schedulers;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Rewards;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Finetuning;

/// <summary>Stage 3 on a run folder: the UNet, updated with one of the mixes.</summary>
public static class FinetuneStage
{
    const ulong SceneStream = 7;

    /// <summary>Folder of a fine-tuned UNet: finetuned/unet, and for the other mixes finetuned/humanOnly/unet and
    /// finetuned/withUnlabeled/unet.</summary>
    public static string UNetFolder(RunFolder run, FinetuneMix mix) =>
        ModelFolder.UNet(mix == FinetuneMix.Full ? run.FinetunedFolder : Path.Combine(run.FinetunedFolder, Name(mix)));

    /// <summary>Whether a mix has been trained to its end.</summary>
    public static bool IsDone(RunFolder run, FinetuneMix mix) => File.Exists(Path.Combine(UNetFolder(run, mix), "config.json"));

    /// <summary>Fine-tunes a UNet on the run's images and writes it into the run folder.</summary>
    /// <param name="run">The run folder, with a reward in it.</param>
    /// <param name="modelFolder">The model: a diffusers folder with both towers of CLIP.</param>
    /// <param name="options">How to train.</param>
    /// <param name="pretrainingImages">Rendered scenes for the pre-training loss.</param>
    /// <param name="resume">Whether to go on from the newest checkpoint of this mix.</param>
    /// <param name="progress">Told all along.</param>
    /// <param name="cancellationToken">Ends the training after an update, with a checkpoint.</param>
    /// <param name="backend">Where to compute; null is the CPU.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; the state is saved.</exception>
    /// <exception cref="UsageException">An option is out of range, or there are no images, labels or reward.</exception>
    /// <exception cref="FileFormatException">A file is damaged.</exception>
    /// <exception cref="StorageException">The folder cannot be written.</exception>
    public static FinetuneResult Run(
        RunFolder run, string modelFolder, FinetuneOptions options, int pretrainingImages, bool resume,
        IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default, Backend? backend = null)
    {
        options.Validate();
        using TrainedReward reward = TrainedReward.Load(run.RewardFolder, backend);
        using StableDiffusionModel model = StableDiffusionModel.Load(modelFolder, backend: backend, trainedUNet: options.ComputeType);
        using var latents = new LatentCache(run, model, ModelFolder.FrozenHash(modelFolder));
        FinetuneData data;
        using (ClipEmbedder clip = ClipEmbedder.Load(modelFolder, backend))
        using (var embeddings = new EmbeddingCache(run, clip))
        {
            data = new FinetuneDataBuilder(run, embeddings, latents, reward)
                .Build(options.Mix, pretrainingImages, options.Seed ^ (SceneStream << 32), progress, cancellationToken);
        }
        using var trainer = new FinetuneTrainer(model.UNet, model.UNetParameters, Scheduler.Create(model.SchedulerConfig), data, options);
        using JsonLinesWriter<LogLine> log = LogLine.OpenLog(run.LogFile);
        FinetuneResult result = trainer.Run(
            Path.Combine(run.CheckpointsFolder, $"finetune-{Name(options.Mix)}"), resume, log, progress, cancellationToken);
        trainer.Save(UNetFolder(run, options.Mix));
        return result;
    }

    /// <summary>A mix as JSON and folders write it.</summary>
    public static string Name(FinetuneMix mix) => JsonNamingPolicy.CamelCase.ConvertName(mix.ToString());
}
