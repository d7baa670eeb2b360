using System.Diagnostics;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Pipelines;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.Generation;
using AlignT2I.Training.PretrainingData;
using AlignT2I.Training.Prompts;
using AlignT2I.Training.Rating;
using AlignT2I.Training.Rewards;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Demo;

/// <summary>The whole of Lee et al. 2023 in miniature: images, labels by the simulated rater, reward, fine-tuning, evaluation.
/// Resumes where it was stopped.</summary>
/// <param name="run">The run folder.</param>
/// <param name="modelFolder">The miniature: a diffusers folder with both towers of CLIP.</param>
/// <param name="options">The sizes.</param>
/// <param name="backend">Where to compute; null is the CPU.</param>
/// <param name="dtype">What images are drawn in.</param>
public sealed class MiniatureExperiment(
    RunFolder run, string modelFolder, ExperimentOptions options, Backend? backend = null, DType dtype = DType.F32)
{
    readonly FinetuneMix[] mixes = options.Ablations ? Enum.GetValues<FinetuneMix>() : [FinetuneMix.Full];

    /// <summary>Runs every stage that is not done yet, and evaluates.</summary>
    /// <param name="progress">Told all along; the parts are numbered.</param>
    /// <param name="cancellationToken">Ends the work; what is done stays, and the same call goes on.</param>
    /// <returns>Every number.</returns>
    /// <exception cref="UsageException">An option is out of range, the model is missing, or the folder
    /// holds another experiment.</exception>
    /// <exception cref="FileFormatException">A file is damaged.</exception>
    /// <exception cref="StorageException">The folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public ExperimentResult Run(IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var watch = Stopwatch.StartNew();
        options.Validate();
        ExperimentRecord.Claim(run, options, ModelFolder.UNetHash(ModelFolder.UNet(modelFolder)));
        IReadOnlyList<Prompt> prompts = RunPrompts.Create(
            GrammarFile.Miniature, options.Seed, options.TrainingPrompts, options.EvaluationPromptsPerSet);
        RunPrompts.Write(run, prompts, GrammarFile.Miniature);

        var parts = new NumberedProgress(progress, total: 4 + 2 * mixes.Length);
        Draw(prompts, parts.Next("collect feedback"), cancellationToken);
        SimulatedRating.Run(
            run, options.Rating with { Seed = options.Seed, ImagesPerPrompt = options.LabelledImagesPerPrompt },
            parts.Next("collect feedback"), cancellationToken);
        using (ClipEmbedder clip = ClipEmbedder.Load(modelFolder, backend))
        {
            using var embeddings = new EmbeddingCache(run, clip);
            RewardStage.Run(
                run, embeddings, options.Reward with { Seed = options.Seed },
                RewardStage.Variants(options.Ablations ? RewardStage.AblationFractions : []),
                keep: true, parts.Next("learn reward"), cancellationToken, backend);
        }
        foreach (FinetuneMix mix in mixes)
        {
            IProgress<StageProgress> part = parts.Next($"update model ({FinetuneStage.Name(mix)})");
            if (!FinetuneStage.IsDone(run, mix))
            {
                using ClipEmbedder clip = ClipEmbedder.Load(modelFolder, backend);
                FinetuneStage.Run(
                    run, modelFolder, options.Finetune with { Seed = options.Seed, Mix = mix }, clip,
                    new RenderedScenes(options.PretrainingImages, options.Seed), resume: true, part, cancellationToken, backend);
            }
        }
        return new RunEvaluation(run, modelFolder, options, backend, dtype).Run(parts, watch, cancellationToken);
    }

    void Draw(IReadOnlyList<Prompt> prompts, IProgress<StageProgress> progress, CancellationToken cancellationToken)
    {
        using StableDiffusionModel model = StableDiffusionModel.Load(modelFolder, backend: backend, dtype: dtype);
        var generator = new ImageGenerator(new StableDiffusionPipeline(model), ModelFolder.Identify(modelFolder));
        int count = options.LabelledImagesPerPrompt + options.UnlabelledImagesPerPrompt;
        GenerationPrompt[] asked =
        [
            .. prompts.Where(p => p.Split == PromptSplit.Train)
                .Select(p => new GenerationPrompt(p.Id, p.Text, ImageSeed.Unrelated(options.Seed, p.Id, count))),
        ];
        generator.Run(run, asked, options.Generation, progress, cancellationToken);
    }
}
