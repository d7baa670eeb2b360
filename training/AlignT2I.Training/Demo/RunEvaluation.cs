using System.Diagnostics;
using AlignT2I.Engine;
using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Models.Aesthetic;
using AlignT2I.Models.Clip;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Evaluation;
using AlignT2I.Training.Generation;
using AlignT2I.Training.Prompts;
using AlignT2I.Training.Rewards;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Demo;

/// <summary>Evaluates a run: the original model, the fine-tuned ones that there are, and rejection sampling,
/// on the same prompts and seeds.</summary>
/// <remarks>
/// The images go to evaluation/ in the run folder, each model's in a folder of its own; those that are there are not drawn again.
/// Alignment is judged by people where there are labels beside the images, by the simulated rater where the prompts are of the
/// miniature world, else by no one.
/// </remarks>
/// <param name="run">The run folder, with a reward or a fine-tuned UNet.</param>
/// <param name="modelFolder">The original model.</param>
/// <param name="options">The seed and the sizes of the evaluation.</param>
/// <param name="backend">Where to compute; null is the CPU.</param>
/// <param name="dtype">What images are drawn in.</param>
public sealed class RunEvaluation(
    RunFolder run, string modelFolder, ExperimentOptions options, Backend? backend = null, DType dtype = DType.F32)
{
    const ulong SceneStream = 7;
    const string Rejection = "rejectionSampling";

    /// <summary>What is read beside the run and the model.</summary>
    public EvaluationSources Sources { get; init; } = new();

    /// <summary>Draws, judges, measures, and writes report/report.json.</summary>
    /// <param name="progress">Told all along.</param>
    /// <param name="cancellationToken">Ends the work; the images that are drawn stay.</param>
    /// <exception cref="UsageException">There is nothing to evaluate, a source is missing, or an option is out of range.</exception>
    /// <exception cref="FileFormatException">A file is damaged.</exception>
    /// <exception cref="StorageException">The folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public ExperimentResult Run(IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        int models = Images().Models.Count;
        return Run(new NumberedProgress(progress, Sources.HasFid ? 2 * models : models), Stopwatch.StartNew(), cancellationToken);
    }

    /// <summary>Draws the images of this process' shard, and no more: <see cref="Run(IProgress{StageProgress}?, CancellationToken)"/>
    /// goes on with them when all shards are done.</summary>
    /// <returns>Number of images.</returns>
    /// <inheritdoc cref="Run(IProgress{StageProgress}?, CancellationToken)"/>
    public int Draw(IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        EvaluationImages images = Check();
        var parts = new NumberedProgress(progress, images.Models.Count);
        int drawn = 0;
        foreach ((string name, string? unet) in images.Models)
        {
            IProgress<StageProgress> part = parts.Next($"draw {name}");
            drawn += images.Draw(name, unet, part, cancellationToken).Count;
            if (Sources.HasFid)
                drawn += images.DrawCaptions(name, unet, part, cancellationToken).Count;
        }
        return drawn;
    }

    /// <summary>The same as the last parts of longer work, one part for each model that draws.</summary>
    internal ExperimentResult Run(NumberedProgress parts, Stopwatch watch, CancellationToken cancellationToken)
    {
        EvaluationImages images = Check();
        IReadOnlyList<HumanComparison>? votes = Sources.Votes is null ? null : HumanEvaluation.Read(Sources.Votes);
        using var rewards = new ExperimentRewards(run, backend);
        using ClipEmbedder clip = ClipEmbedder.Load(Sources.Clip ?? modelFolder, backend);
        using AestheticScorer? aesthetic = LoadAesthetic(clip);
        bool isMiniature = IsMiniature(images.Prompts);
        IImageJudge? judge = images.Models.Any(m => LabelJudge.HasLabels(images.Folder(m.Name))) ? new LabelJudge()
            : isMiniature ? new SimulatedJudge() : null;
        using var evaluator = new ModelEvaluator(run, clip, images.Prompts, judge ?? new LabelJudge())
        {
            Reward = rewards[RewardVariant.Reward],
            Aesthetic = aesthetic,
            References = isMiniature
                ? new RenderedReferences(run, clip, images.Prompts, options.ReferenceImagesPerPrompt, options.Seed ^ (SceneStream << 32))
                : null,
        };

        Dictionary<string, IReadOnlyList<JudgedImage>> judged = [];
        IReadOnlyList<JudgedImage> pool = [];
        foreach ((string name, string? unet) in images.Models)
        {
            IProgress<StageProgress> part = parts.Next($"evaluate {name}");
            IReadOnlyList<JudgedImage> all =
                evaluator.Judge(images.Folder(name), images.Draw(name, unet, part, cancellationToken), part, cancellationToken);
            if (unet is null)
                pool = all;
            judged[name] = [.. all.GroupBy(i => i.Prompt.Id).SelectMany(g => g.Take(options.EvaluationImagesPerPrompt))];
        }
        if (evaluator.Reward is not null)
        {
            judged[Rejection] = ModelEvaluator.Best(pool, options.EvaluationImagesPerPrompt);
            WriteSet(images.Folder(Rejection), judged[Rejection]);
        }

        (FidSettings Settings, IReadOnlyDictionary<string, double> Distances)? fid =
            Sources.HasFid ? new FidEvaluation(images, Sources, backend).Run(parts.Next, cancellationToken) : null;
        ModelEvaluation? Measure(string name) => !judged.TryGetValue(name, out IReadOnlyList<JudgedImage>? of) ? null
            : evaluator.Measure(images.Folder(name == Rejection ? EvaluationImages.Original : name), of, null, cancellationToken) with
            {
                Fid = fid is { } measured && measured.Distances.TryGetValue(name, out double distance) ? distance : null,
            };
        var models = new ModelEvaluations(
            Measure(EvaluationImages.Original)!, Measure("full"), Measure(Rejection), Measure("humanOnly"), Measure("withUnlabeled"));

        using var process = Process.GetCurrentProcess();
        var result = new EvaluationResult(
            options.Seed, watch.Elapsed.TotalSeconds, process.PeakWorkingSet64,
            File.Exists(run.FeedbackFile) ? FeedbackTable.Count(run) : null,
            judge is null ? null : Accuracy(rewards, evaluator, images.Folder(EvaluationImages.Original), pool, cancellationToken),
            models)
        {
            Rater = judge?.Name,
            Fid = fid?.Settings,
            HumanEvaluation = votes,
        };
        result.Write(Path.Combine(RunFolder.Make(run.ReportFolder), "report.json"));
        return new ExperimentResult(result, Samples(judged));
    }

    EvaluationImages Images() => new(run, modelFolder, options, Sources, backend, dtype);

    /// <summary>What can be checked before the work.</summary>
    EvaluationImages Check()
    {
        options.Validate();
        Sources.Validate();
        EvaluationImages images = Images();
        _ = images.Prompts;
        if (Sources.HasFid)
            _ = images.Captions;
        if (images.Models.Count == 1 && !TrainedReward.Exists(run.RewardFolder) && Sources is { HasFid: false, Votes: null })
        {
            throw new UsageException($"{run.Path}: there is neither a reward nor a fine-tuned model, so there is nothing to compare; "
                + "learn a reward with train-reward or a model with finetune first, or give --captions for the model's FID.");
        }
        return images;
    }

    AestheticScorer? LoadAesthetic(ClipEmbedder clip)
    {
        if (Sources.Aesthetic is null)
            return null;
        AestheticScorer scorer = AestheticScorer.Load(Sources.Aesthetic);
        if (scorer.Model.Config.EmbedDim == clip.Dim)
            return scorer;
        int needed = scorer.Model.Config.EmbedDim;
        scorer.Dispose();
        throw new UsageException(
            $"{Sources.Aesthetic}: the predictor is for CLIP embeddings of {needed} numbers, this CLIP's have {clip.Dim}; "
            + "name with --clip the CLIP that it was trained on.");
    }

    bool IsMiniature(IReadOnlyList<Prompt> prompts) =>
        PromptReader.IsMiniature(modelFolder) && prompts.All(SimulatedJudge.CanJudge);

    static RewardAccuracy Accuracy(
        ExperimentRewards rewards, ModelEvaluator evaluator, RunFolder folder, IReadOnlyList<JudgedImage> pool,
        CancellationToken cancellationToken)
    {
        PairwiseAccuracy? Of(RewardVariant variant)
        {
            if (rewards[variant] is not { } reward)
                return null;
            float[] scores = evaluator.Score(reward, folder, [.. pool.Select(i => i.Image)], null, cancellationToken);
            Dictionary<string, float> byId = pool.Zip(scores).ToDictionary(p => p.First.Image.Id, p => p.Second);
            return ModelEvaluator.Accuracy(pool, i => byId[i.Image.Id]);
        }

        return new RewardAccuracy(
            Of(RewardVariant.Reward), Of(RewardVariant.WithoutPromptClassification), ModelEvaluator.Accuracy(pool, i => i.ClipScore))
        {
            Fractions = !rewards.Fractions.Any() ? null : [.. rewards.Fractions.Select(f => new FractionAccuracy(
                f, Of(new RewardVariant(PromptClassification: true, f)), Of(new RewardVariant(PromptClassification: false, f))))],
        };
    }

    /// <summary>Leaves chosen images in a folder like that of a model, where people can compare them with those of others.</summary>
    static void WriteSet(RunFolder folder, IReadOnlyList<JudgedImage> images)
    {
        RunFolder.Make(folder.ImagesFolder);
        foreach (JudgedImage image in images)
            AtomicFile.WriteAllBytes(folder.PathOf(image.Image), InputFile.ReadAllBytes(image.Path, int.MaxValue));
        folder.WriteManifest(images.Select(i => i.Image));
    }

    /// <summary>Prompts of all categories in turn, seen and unseen objects alike.</summary>
    IReadOnlyList<SampleRow> Samples(Dictionary<string, IReadOnlyList<JudgedImage>> judged)
    {
        IEnumerable<Prompt> prompts = judged[EvaluationImages.Original].Select(i => i.Prompt).DistinctBy(p => p.Id)
            .GroupBy(p => (p.Split, p.Category)).SelectMany(g => g.Select((prompt, turn) => (prompt, turn)))
            .OrderBy(p => p.turn).Select(p => p.prompt).Take(options.SamplePrompts);
        return
        [
            .. prompts.Select(prompt => new SampleRow(prompt.Text, prompt.Split != PromptSplit.Unseen,
                [.. judged.Select(m => new SampleCell(m.Key, [.. m.Value.Where(i => i.Prompt.Id == prompt.Id)]))])),
        ];
    }
}
