using AlignT2I.Training.Evaluation;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.Miniature;
using AlignT2I.Training.Rewards;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Demo;

/// <summary>The evaluation of an experiment: all models on the same prompts and seeds.</summary>
/// <param name="run">The run folder.</param>
/// <param name="evaluator">What judges.</param>
/// <param name="options">The sizes.</param>
/// <param name="generate">Draws a model's images: its name, UNet folder (null for the original) and number of images per prompt.</param>
/// <param name="unetFolder">Folder of a fine-tuned UNet.</param>
/// <param name="progress">Told all along.</param>
/// <param name="cancellationToken">Ends the work.</param>
internal sealed class ExperimentEvaluation(
    RunFolder run, ModelEvaluator evaluator, ExperimentOptions options,
    Func<string, string?, int, IReadOnlyList<ImageRecord>> generate, Func<FinetuneMix, string> unetFolder,
    IProgress<StageProgress>? progress, CancellationToken cancellationToken)
{
    public (RewardAccuracy Accuracy, ModelEvaluations Models, IReadOnlyList<SampleRow> Samples) Run(ExperimentRewards rewards)
    {
        RunFolder folder = Folder("original");
        IReadOnlyList<ImageRecord> records = generate("original", null, options.RejectionSamples);
        IReadOnlyList<JudgedImage> pool = evaluator.Judge(folder, records, progress, cancellationToken);
        IReadOnlyList<JudgedImage> original = First(pool), best = ModelEvaluator.Best(pool, options.EvaluationImagesPerPrompt);

        IReadOnlyList<JudgedImage> full = Finetuned("full", FinetuneMix.Full);
        IReadOnlyList<JudgedImage>? humanOnly = options.Ablations ? Finetuned("humanOnly", FinetuneMix.HumanOnly) : null;
        IReadOnlyList<JudgedImage>? withUnlabeled = options.Ablations ? Finetuned("withUnlabeled", FinetuneMix.WithUnlabeled) : null;
        var models = new ModelEvaluations(
            Measure("original", original), Measure("full", full), Measure("original", best),
            humanOnly is null ? null : Measure("humanOnly", humanOnly),
            withUnlabeled is null ? null : Measure("withUnlabeled", withUnlabeled));
        return (Accuracy(rewards, folder, pool), models, Samples(
            ("original", original), ("humanOnly", humanOnly), ("withUnlabeled", withUnlabeled), ("full", full), ("rejectionSampling", best)));
    }

    RewardAccuracy Accuracy(ExperimentRewards rewards, RunFolder folder, IReadOnlyList<JudgedImage> pool) => new(
        ModelEvaluator.Accuracy(pool, i => i.Reward),
        OfReward(rewards.WithoutPromptClassification, folder, pool)!,
        ModelEvaluator.Accuracy(pool, i => i.ClipScore),
        OfReward(rewards.HalfData, folder, pool),
        OfReward(rewards.HalfDataWithoutPromptClassification, folder, pool));

    PairwiseAccuracy? OfReward(TrainedReward? reward, RunFolder folder, IReadOnlyList<JudgedImage> pool)
    {
        if (reward is null)
            return null;
        float[] scores = evaluator.Score(reward, folder, [.. pool.Select(i => i.Image)], progress, cancellationToken);
        Dictionary<string, double> byId = pool.Select((image, i) => (image.Image.Id, (double)scores[i])).ToDictionary(p => p.Id, p => p.Item2);
        return ModelEvaluator.Accuracy(pool, i => byId[i.Image.Id]);
    }

    IReadOnlyList<JudgedImage> Finetuned(string name, FinetuneMix mix) => evaluator.Judge(
        Folder(name), generate(name, unetFolder(mix), options.EvaluationImagesPerPrompt), progress, cancellationToken);

    ModelEvaluation Measure(string name, IReadOnlyList<JudgedImage> images) => evaluator.Measure(Folder(name), images, progress, cancellationToken);

    RunFolder Folder(string name) => run.Nested($"evaluation/{name}");

    /// <summary>The first images of each prompt: those that fine-tuned models draw from the same seeds.</summary>
    IReadOnlyList<JudgedImage> First(IReadOnlyList<JudgedImage> pool) =>
        [.. pool.GroupBy(i => i.Prompt.Id).SelectMany(g => g.Take(options.EvaluationImagesPerPrompt))];

    /// <summary>Prompts of all categories in turn, seen and unseen objects alike.</summary>
    IReadOnlyList<SampleRow> Samples(params (string Name, IReadOnlyList<JudgedImage>? Images)[] models)
    {
        ScenePrompt[] prompts = [.. models[0].Images!.Select(i => i.Prompt).DistinctBy(p => p.Id)
            .GroupBy(p => (p.Split, p.Category)).SelectMany(g => g.Select((prompt, turn) => (prompt, turn)))
            .OrderBy(p => p.turn).Select(p => p.prompt).Take(options.SamplePrompts)];
        return
        [
            .. prompts.Select(prompt => new SampleRow(prompt.Text, prompt.Split != PromptSplit.Unseen,
            [
                .. models.Where(m => m.Images is not null)
                    .Select(m => new SampleCell(m.Name, [.. m.Images!.Where(i => i.Prompt.Id == prompt.Id)])),
            ])),
        ];
    }
}
