using System.Diagnostics;
using AlignT2I.Files;
using AlignT2I.Models.Pipelines;
using AlignT2I.Models.Schedulers;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Evaluation;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.Generation;
using AlignT2I.Training.Miniature;
using AlignT2I.Training.Rating;
using AlignT2I.Training.Rewards;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Demo;

/// <summary>The whole of Lee et al. 2023 in miniature: images, labels by the simulated rater, reward, fine-tuning, evaluation. Resumes where it was stopped.</summary>
/// <param name="run">The run folder.</param>
/// <param name="modelFolder">The miniature: a diffusers folder with both towers of CLIP.</param>
/// <param name="options">The sizes.</param>
public sealed class MiniatureExperiment(RunFolder run, string modelFolder, ExperimentOptions options)
{
    const ulong SceneStream = 7, EvaluationStream = 8;

    readonly PromptSets sets = PromptSets.Create(options.Seed, options.TrainingPrompts);

    /// <summary>Runs every stage that is not done yet, and evaluates.</summary>
    /// <param name="progress">Told all along; a stage is named in it.</param>
    /// <param name="cancellationToken">Ends the work; what is done stays, and the same call goes on.</param>
    /// <returns>Every number; report.json is written as well.</returns>
    /// <exception cref="UsageException">An option is out of range, the model is missing, or the folder holds another experiment.</exception>
    /// <exception cref="FileFormatException">A file is damaged.</exception>
    /// <exception cref="StorageException">The folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public ExperimentResult Run(IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var watch = Stopwatch.StartNew();
        options.Validate();
        string modelHash = ModelFolder.UNetHash(ModelFolder.UNet(modelFolder));
        ExperimentRecord.Claim(run, options, modelHash);
        ScenePrompt[] evaluationPrompts = [.. PerCategory(sets.Seen), .. PerCategory(sets.Unseen)];
        PromptFile.Write(run.PromptsFile, [.. sets.Train, .. evaluationPrompts]);

        using ClipEmbedder clip = ClipEmbedder.Load(modelFolder);
        var embeddings = new EmbeddingCache(run, clip);
        Generate(run, null, sets.Train, options.LabelledImagesPerPrompt + options.UnlabelledImagesPerPrompt, options.Seed, progress, cancellationToken);
        SimulatedRating.Run(
            run, options.Rating with { Seed = options.Seed, ImagesPerPrompt = options.LabelledImagesPerPrompt }, progress, cancellationToken);

        RewardData data = RewardDataBuilder.Build(run, embeddings, options.Reward.PerturbedPrompts, options.Seed, progress, cancellationToken);
        using var rewards = new ExperimentRewards(run, data, options, progress, cancellationToken);
        IReadOnlyList<double> losses = Finetune(FinetuneMix.Full, embeddings, rewards.Reward, progress, cancellationToken);
        if (options.Ablations)
        {
            Finetune(FinetuneMix.HumanOnly, embeddings, rewards.Reward, progress, cancellationToken);
            Finetune(FinetuneMix.WithUnlabeled, embeddings, rewards.Reward, progress, cancellationToken);
        }

        var evaluator = new ModelEvaluator(
            run, clip, rewards.Reward, evaluationPrompts, options.ReferenceImagesPerPrompt, options.Seed ^ (SceneStream << 32));
        var evaluation = new ExperimentEvaluation(
            run, evaluator, options,
            (name, unet, count) => Generate(
                run.Nested($"evaluation/{name}"), unet, evaluationPrompts, count, options.Seed ^ (EvaluationStream << 32), progress, cancellationToken),
            UNetFolder, progress, cancellationToken);
        (RewardAccuracy accuracy, ModelEvaluations models, IReadOnlyList<SampleRow> samples) = evaluation.Run(rewards);

        using var process = Process.GetCurrentProcess();
        var result = new EvaluationResult(
            options.Seed, watch.Elapsed.TotalSeconds, process.PeakWorkingSet64, FeedbackTable.Count(run), accuracy, models);
        RunFolder.Make(run.ReportFolder);
        result.Write(Path.Combine(run.ReportFolder, "report.json"));
        return new ExperimentResult(result, rewards.Reward.Metrics!, losses, samples);
    }

    /// <summary>Draws images, by the original model or one with another UNet.</summary>
    IReadOnlyList<ImageRecord> Generate(
        RunFolder folder, string? unetFolder, IReadOnlyList<ScenePrompt> prompts, int imagesPerPrompt, ulong seed,
        IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        using StableDiffusionModel model = StableDiffusionModel.Load(modelFolder, unetFolder);
        string hash = ModelFolder.UNetHash(unetFolder ?? ModelFolder.UNet(modelFolder));
        return new ImageGenerator(new StableDiffusionPipeline(model), hash).Run(
            folder, [.. prompts.Select(p => new GenerationPrompt(p.Id, p.Text))],
            options.Generation with { Seed = seed, ImagesPerPrompt = imagesPerPrompt }, progress, cancellationToken);
    }

    IReadOnlyList<double> Finetune(
        FinetuneMix mix, EmbeddingCache embeddings, TrainedReward reward, IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        if (File.Exists(Path.Combine(UNetFolder(mix), "config.json")))
            return [];
        using StableDiffusionModel model = StableDiffusionModel.Load(modelFolder);
        var latents = new LatentCache(run, model, ModelFolder.FrozenHash(modelFolder));
        FinetuneData data = new FinetuneDataBuilder(run, embeddings, latents, reward)
            .Build(mix, options.PretrainingImages, options.Seed ^ (SceneStream << 32), progress, cancellationToken);
        using var trainer = new FinetuneTrainer(
            model.UNet, model.UNetParameters, Scheduler.Create(model.SchedulerConfig), data, options.Finetune with { Seed = options.Seed, Mix = mix });
        using JsonLinesWriter<LogLine> log = LogLine.OpenLog(run.LogFile);
        FinetuneResult result = trainer.Run(
            Path.Combine(run.CheckpointsFolder, $"finetune-{mix.ToString().ToLowerInvariant()}"), resume: true, log, progress, cancellationToken);
        trainer.Save(UNetFolder(mix));
        return result.Losses;
    }

    /// <summary>Folder of a fine-tuned UNet: finetuned/unet, and for the ablations finetuned/humanonly/unet and finetuned/withunlabeled/unet.</summary>
    string UNetFolder(FinetuneMix mix) => mix == FinetuneMix.Full
        ? ModelFolder.UNet(run.FinetunedFolder) : ModelFolder.UNet(Path.Combine(run.FinetunedFolder, mix.ToString().ToLowerInvariant()));

    IEnumerable<ScenePrompt> PerCategory(IEnumerable<ScenePrompt> prompts) =>
        prompts.GroupBy(p => p.Category).SelectMany(g => g.Take(options.EvaluationPromptsPerSet / 4));
}
