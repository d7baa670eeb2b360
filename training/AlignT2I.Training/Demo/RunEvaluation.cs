using System.Diagnostics;
using AlignT2I.Engine;
using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Models.Pipelines;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Evaluation;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.Generation;
using AlignT2I.Training.Prompts;
using AlignT2I.Training.Rewards;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Demo;

/// <summary>Evaluates a run: the original model, the fine-tuned ones that there are, and rejection sampling, on the same prompts and seeds.</summary>
/// <remarks>The images go to evaluation/ in the run folder, each model's in a folder of its own; those that are there are not drawn again.</remarks>
/// <param name="run">The run folder, with rewards and a fine-tuned UNet.</param>
/// <param name="modelFolder">The original model.</param>
/// <param name="options">The seed and the sizes of the evaluation.</param>
/// <param name="backend">Where to compute; null is the CPU.</param>
/// <param name="dtype">What images are drawn in.</param>
public sealed class RunEvaluation(RunFolder run, string modelFolder, ExperimentOptions options, Backend? backend = null, DType dtype = DType.F32)
{
    const ulong SceneStream = 7, EvaluationStream = 8;

    static readonly FinetuneMix[] ablations = [FinetuneMix.HumanOnly, FinetuneMix.WithUnlabeled];

    /// <summary>Draws, judges, measures, and writes report/report.json.</summary>
    /// <param name="progress">Told all along.</param>
    /// <param name="cancellationToken">Ends the work; the images that are drawn stay.</param>
    /// <exception cref="UsageException">There are no evaluation prompts, rewards or fine-tuned model, or an option is out of range.</exception>
    /// <exception cref="FileFormatException">A file is damaged.</exception>
    /// <exception cref="StorageException">The folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public ExperimentResult Run(IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        int models = 2 + ablations.Count(mix => FinetuneStage.IsDone(run, mix));
        return Run(new NumberedProgress(progress, models), Stopwatch.StartNew(), cancellationToken);
    }

    /// <summary>The same as the last parts of longer work, one part for each model that draws.</summary>
    internal ExperimentResult Run(NumberedProgress parts, Stopwatch watch, CancellationToken cancellationToken)
    {
        options.Validate();
        Prompt[] prompts = [.. RunPrompts.Read(run).Where(p => p.Split is PromptSplit.Seen or PromptSplit.Unseen)];
        if (prompts.Length == 0)
            throw new UsageException($"{run.PromptsFile}: no prompt is for evaluation, none has the split seen or unseen; write some with 'align prompts'.");
        if (!FinetuneStage.IsDone(run, FinetuneMix.Full))
            throw new UsageException($"{FinetuneStage.UNetFolder(run, FinetuneMix.Full)}: there is no model fine-tuned on the full mix; fine-tune one first.");
        using var rewards = new ExperimentRewards(run, backend);
        using ClipEmbedder clip = ClipEmbedder.Load(modelFolder, backend);
        using var evaluator = new ModelEvaluator(
            run, clip, rewards[RewardVariant.Reward]!, prompts, options.ReferenceImagesPerPrompt, options.Seed ^ (SceneStream << 32));

        IReadOnlyList<JudgedImage> Judge(string name, string? unet, int count)
        {
            IProgress<StageProgress> part = parts.Next($"evaluate {name}");
            return evaluator.Judge(Folder(name), Draw(name, unet, prompts, count, part, cancellationToken), part, cancellationToken);
        }

        IReadOnlyList<JudgedImage> pool = Judge("original", null, options.RejectionSamples);
        var judged = new Dictionary<string, IReadOnlyList<JudgedImage>>
        {
            ["original"] = [.. pool.GroupBy(i => i.Prompt.Id).SelectMany(g => g.Take(options.EvaluationImagesPerPrompt))],
        };
        foreach (FinetuneMix mix in ablations.Where(m => FinetuneStage.IsDone(run, m)).Append(FinetuneMix.Full))
            judged[FinetuneStage.Name(mix)] = Judge(FinetuneStage.Name(mix), FinetuneStage.UNetFolder(run, mix), options.EvaluationImagesPerPrompt);
        judged["rejectionSampling"] = ModelEvaluator.Best(pool, options.EvaluationImagesPerPrompt);
        WriteSet("rejectionSampling", judged["rejectionSampling"]);

        ModelEvaluation? Measure(string name) => !judged.TryGetValue(name, out IReadOnlyList<JudgedImage>? images) ? null
            : evaluator.Measure(Folder(name == "rejectionSampling" ? "original" : name), images, null, cancellationToken);
        var models = new ModelEvaluations(
            Measure("original")!, Measure("full")!, Measure("rejectionSampling")!, Measure("humanOnly"), Measure("withUnlabeled"));

        using var process = Process.GetCurrentProcess();
        var result = new EvaluationResult(
            options.Seed, watch.Elapsed.TotalSeconds, process.PeakWorkingSet64, FeedbackTable.Count(run),
            Accuracy(rewards, evaluator, pool, cancellationToken), models);
        result.Write(Path.Combine(RunFolder.Make(run.ReportFolder), "report.json"));
        return new ExperimentResult(result, Samples(judged));
    }

    /// <summary>Draws a model's images of the evaluation prompts.</summary>
    IReadOnlyList<ImageRecord> Draw(
        string name, string? unet, Prompt[] prompts, int count, IProgress<StageProgress> progress, CancellationToken cancellationToken)
    {
        using StableDiffusionModel model = StableDiffusionModel.Load(modelFolder, unet, backend, dtype);
        var generator = new ImageGenerator(new StableDiffusionPipeline(model), ModelFolder.Identify(modelFolder, unet));
        ulong seed = options.Seed ^ (EvaluationStream << 32);
        return generator.Run(
            Folder(name), [.. prompts.Select(p => new GenerationPrompt(p.Id, p.Text, ImageSeed.Unrelated(seed, p.Id, count)))],
            options.Generation, progress, cancellationToken);
    }

    RewardAccuracy Accuracy(ExperimentRewards rewards, ModelEvaluator evaluator, IReadOnlyList<JudgedImage> pool, CancellationToken cancellationToken)
    {
        PairwiseAccuracy? Of(RewardVariant variant)
        {
            if (rewards[variant] is not { } reward)
                return null;
            float[] scores = evaluator.Score(reward, Folder("original"), [.. pool.Select(i => i.Image)], null, cancellationToken);
            Dictionary<string, float> byId = pool.Zip(scores).ToDictionary(p => p.First.Image.Id, p => p.Second);
            return ModelEvaluator.Accuracy(pool, i => byId[i.Image.Id]);
        }

        return new RewardAccuracy(
            Of(RewardVariant.Reward)!, Of(RewardVariant.WithoutPromptClassification)!, ModelEvaluator.Accuracy(pool, i => i.ClipScore),
            Of(RewardVariant.HalfData), Of(RewardVariant.HalfDataWithoutPromptClassification));
    }

    /// <summary>Leaves chosen images in a folder like that of a model, where people can compare them with those of others.</summary>
    void WriteSet(string name, IReadOnlyList<JudgedImage> images)
    {
        RunFolder folder = Folder(name);
        RunFolder.Make(folder.ImagesFolder);
        foreach (JudgedImage image in images)
            AtomicFile.WriteAllBytes(folder.PathOf(image.Image), InputFile.ReadAllBytes(image.Path, int.MaxValue));
        folder.WriteManifest(images.Select(i => i.Image));
    }

    RunFolder Folder(string name) => run.Nested($"evaluation/{name}");

    /// <summary>Prompts of all categories in turn, seen and unseen objects alike.</summary>
    IReadOnlyList<SampleRow> Samples(Dictionary<string, IReadOnlyList<JudgedImage>> judged)
    {
        IEnumerable<Prompt> prompts = judged["original"].Select(i => i.Prompt).DistinctBy(p => p.Id)
            .GroupBy(p => (p.Split, p.Category)).SelectMany(g => g.Select((prompt, turn) => (prompt, turn)))
            .OrderBy(p => p.turn).Select(p => p.prompt).Take(options.SamplePrompts);
        return
        [
            .. prompts.Select(prompt => new SampleRow(prompt.Text, prompt.Split != PromptSplit.Unseen,
                [.. judged.Select(m => new SampleCell(m.Key, [.. m.Value.Where(i => i.Prompt.Id == prompt.Id)]))])),
        ];
    }
}
