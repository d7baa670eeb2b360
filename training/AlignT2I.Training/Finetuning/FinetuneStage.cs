using System.Text.Json;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Pipelines;
using AlignT2I.Models.Schedulers;
using AlignT2I.Training.Communicators;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.PretrainingData;
using AlignT2I.Training.Rewards;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Finetuning;

/// <summary>Stage 3 on a run folder: the UNet, updated with one of the mixes.</summary>
public static class FinetuneStage
{
    /// <summary>Folder of a fine-tuned UNet: finetuned/unet, and for the other mixes finetuned/humanOnly/unet and
    /// finetuned/withUnlabeled/unet.</summary>
    public static string UNetFolder(RunFolder run, FinetuneMix mix) => ModelFolder.UNet(Folder(run, mix));

    /// <summary>Folder of the adaptation's files, beside that of the UNet.</summary>
    public static string LoraFolder(RunFolder run, FinetuneMix mix) => Path.Combine(Folder(run, mix), "lora");

    /// <summary>Whether a mix has been trained to its end.</summary>
    public static bool IsDone(RunFolder run, FinetuneMix mix) => File.Exists(Path.Combine(UNetFolder(run, mix), "config.json"));

    /// <summary>
    /// Fine-tunes a UNet on the run's images and writes it into the run folder; an adaptation is written by itself, and merged into the
    /// UNet.
    /// </summary>
    /// <param name="run">The run folder, with a reward in it.</param>
    /// <param name="modelFolder">The model: a diffusers folder.</param>
    /// <param name="options">How to train.</param>
    /// <param name="clip">The CLIP that the reward was trained on.</param>
    /// <param name="pretraining">Where the images of the pre-training loss come from.</param>
    /// <param name="resume">Whether to go on from the newest checkpoint of this mix.</param>
    /// <param name="progress">Told all along.</param>
    /// <param name="cancellationToken">Ends the training after an update, with a checkpoint.</param>
    /// <param name="backend">Where to compute; null is the CPU.</param>
    /// <param name="communicator">The ranks that train together, each with this call; null for this process alone.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; the state is saved.</exception>
    /// <exception cref="RankLostException">Another rank ended or does not answer; the first rank has saved the state.</exception>
    /// <exception cref="UsageException">An option is out of range, or there are no images, labels or reward.</exception>
    /// <exception cref="FileFormatException">A file is damaged.</exception>
    /// <exception cref="StorageException">The folder cannot be written.</exception>
    public static FinetuneResult Run(
        RunFolder run, string modelFolder, FinetuneOptions options, ClipEmbedder clip, PretrainingSource pretraining, bool resume,
        IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default, Backend? backend = null,
        Communicator? communicator = null)
    {
        options.Validate();
        communicator ??= Communicator.Single;
        options = WithMicroBatch(run, modelFolder, clipFolder: null, options, resume, backend ?? Backend.Cpu, communicator);
        using TrainedReward reward = TrainedReward.Load(run.RewardFolder, backend);
        using LowRankAdapters? adapters = Adapters(options, backend ?? Backend.Cpu);
        using StableDiffusionModel model =
            StableDiffusionModel.Load(modelFolder, backend: backend, trainedUNet: options.ComputeType, adapters: adapters);
        using var latents = new LatentCache(run, model, ModelFolder.FrozenHash(modelFolder), options.ComputeType ?? DType.F32);
        FinetuneData data;
        using (var embeddings = new EmbeddingCache(run, clip))
        {
            var builder = new FinetuneDataBuilder(run, embeddings, latents, reward);
            data = communicator.InTurn(() => builder.Build(options.Mix, pretraining, progress, cancellationToken)) with
            {
                ModelHash = ModelFolder.UNetHash(ModelFolder.UNet(modelFolder)) + latents.ModelHash,
            };
        }
        ParameterStore trained = adapters?.Parameters ?? Trained(model.UNetParameters, options);
        using var trainer = new FinetuneTrainer(
            model.UNet, trained, Scheduler.Create(model.SchedulerConfig), data, options, communicator);
        using JsonLinesWriter<LogLine>? log = communicator.IsFirst ? LogLine.OpenLog(run.LogFile) : null;
        FinetuneResult result = trainer.Run(
            CheckpointsFolder(run, options.Mix), resume, log, progress,
            communicator.IsFirst ? Path.Combine(run.EventsFolder, TrainingName(options.Mix)) : null,
            options.ValidationPrompts.Count > 0 ? new ValidationSampler(model, options) : null, cancellationToken);
        if (communicator.IsFirst)
            Save(run, options.Mix, model, adapters, trainer.Averages);
        communicator.Finish();
        return result;
    }

    /// <summary>
    /// The micro-batch size where the options leave it open: that of the checkpoint that training goes on from, as another one rounds
    /// otherwise; else one chosen for the memory, the same on all ranks, with a pass for each.
    /// </summary>
    /// <param name="run">The run folder.</param>
    /// <param name="modelFolder">The model.</param>
    /// <param name="clipFolder">The CLIP that the reward was trained on; null where it is in memory already.</param>
    /// <param name="options">How to train.</param>
    /// <param name="resume">Whether to go on from the newest checkpoint.</param>
    /// <param name="backend">Whose memory it is to fit into.</param>
    /// <param name="communicator">The ranks that train together.</param>
    public static FinetuneOptions WithMicroBatch(
        RunFolder run, string modelFolder, string? clipFolder, FinetuneOptions options, bool resume, Backend backend,
        Communicator communicator)
    {
        if (options.MicroBatchSize > 0)
            return options;
        if (resume && FinetuneCheckpoints.NewestOptions(CheckpointsFolder(run, options.Mix)) is { } saved)
            return options with { MicroBatchSize = saved.MicroBatchSize };
        FinetuneMemory memory = FinetuneMemory.Predict(modelFolder, clipFolder, options);
        int own = FinetuneMemory.WithMicroBatch(memory, options, backend.AvailableBytes).MicroBatchSize;
        int smallest = communicator.Gather(BitConverter.GetBytes(own)).Min(bytes => BitConverter.ToInt32(bytes));
        return options with { MicroBatchSize = Math.Min(smallest, Math.Max(1, options.ImagesPerStep / communicator.Size)) };
    }

    /// <summary>A mix as JSON and folders write it.</summary>
    public static string Name(FinetuneMix mix) => JsonNamingPolicy.CamelCase.ConvertName(mix.ToString());

    /// <summary>The adaptation that the options ask for; null for none.</summary>
    internal static LowRankAdapters? Adapters(FinetuneOptions options, Backend backend) => options.LoraRank == 0 ? null
        : new LowRankAdapters(
        options.LoraRank, options.LoraAlpha > 0 ? options.LoraAlpha : options.LoraRank, options.LoraTargets,
        new ParameterStore(backend, options.ComputeType ?? DType.F32, new RandomParameters(options.Seed), masters: true));

    /// <summary>The parameters of a UNet that are trained.</summary>
    /// <exception cref="UsageException">There are none in one of the modules that the options name.</exception>
    internal static ParameterStore Trained(ParameterStore unet, FinetuneOptions options)
    {
        if (options.TrainableModules.FirstOrDefault(m => !unet.Parameters.Any(p => FinetuneOptions.IsIn(m, p.Name))) is { } missing)
        {
            throw new UsageException(
                $"finetune: no weight of the UNet is in a module '{missing}'; name parts of paths, such as attentions or to_q.");
        }
        return unet.Part(options.Trains);
    }

    internal static void Save(
        RunFolder run, FinetuneMix mix, StableDiffusionModel model, LowRankAdapters? adapters, IReadOnlyList<Parameter> result)
    {
        using MemoryScope scope = MemoryScope.Open();
        if (adapters is not null)
            LoraFiles.Save(LoraFolder(run, mix), adapters, result);
        RunFolder.Make(Folder(run, mix));
        Dictionary<string, Tensor> trained = result.ToDictionary(p => p.Name, p => p.Value);
        model.SaveUNet(UNetFolder(run, mix), value: adapters?.Merge(result) ?? (p => trained.GetValueOrDefault(p.Name, p.Value)));
    }

    static string CheckpointsFolder(RunFolder run, FinetuneMix mix) => Path.Combine(run.CheckpointsFolder, TrainingName(mix));

    static string TrainingName(FinetuneMix mix) => $"finetune-{Name(mix)}";

    static string Folder(RunFolder run, FinetuneMix mix) => mix == FinetuneMix.Full ? run.FinetunedFolder
        : Path.Combine(run.FinetunedFolder, Name(mix));
}
