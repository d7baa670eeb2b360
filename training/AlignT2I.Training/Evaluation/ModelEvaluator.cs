using AlignT2I.Engine;
using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Models.Aesthetic;
using AlignT2I.Models.Metrics;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Prompts;
using AlignT2I.Training.Rewards;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Evaluation;

/// <summary>Measures a model's images of evaluation prompts: alignment, reward, CLIP score, aesthetic score, Fréchet distance.</summary>
/// <param name="run">The run folder, for the cached embeddings of prompts.</param>
/// <param name="clip">CLIP: the space of rewards and scores.</param>
/// <param name="prompts">The evaluation prompts.</param>
/// <param name="judge">Says whether an image shows its prompt.</param>
internal sealed class ModelEvaluator(RunFolder run, ClipEmbedder clip, IReadOnlyList<Prompt> prompts, IImageJudge judge) : IDisposable
{
    readonly EmbeddingCache texts = new(run, clip);
    readonly Dictionary<string, Prompt> byId = prompts.ToDictionary(p => p.Id);

    /// <summary>The learned reward; null where there is none.</summary>
    public TrainedReward? Reward { get; init; }

    /// <summary>The aesthetic predictor; null where there is none.</summary>
    public AestheticScorer? Aesthetic { get; init; }

    /// <summary>What the Fréchet distance in CLIP's features is measured to; null where it is not measured.</summary>
    public RenderedReferences? References { get; init; }

    /// <summary>Judges images.</summary>
    /// <param name="folder">The run folder that the images lie in.</param>
    /// <param name="records">The images, of the evaluation prompts.</param>
    /// <param name="progress">Told while embeddings are computed.</param>
    /// <param name="cancellationToken">Ends the work between batches.</param>
    /// <exception cref="FileFormatException">An image or a label is damaged, or the simulated rater is shown an
    /// image that is not 64x64.</exception>
    public IReadOnlyList<JudgedImage> Judge(
        RunFolder folder, IReadOnlyList<ImageRecord> records, IProgress<StageProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        using MemoryScope scope = MemoryScope.Open();
        using var cache = new EmbeddingCache(folder, clip);
        RowTable images = cache.Images(records, progress, cancellationToken);
        float[]? rewards = Reward is null ? null : Score(Reward, folder, records, progress, cancellationToken);
        float[]? aesthetics = Aesthetic?.Score(images.Gather([.. records.Select(r => images.IndexOf(EmbeddingCache.Key(r)))]));
        RowTable promptRows = texts.Texts([.. prompts.Select(p => p.Text)], progress, cancellationToken);
        return
        [
            .. records.Select((record, i) =>
            {
                Prompt prompt = byId[record.PromptId];
                ReadOnlySpan<float> image = images[EmbeddingCache.Key(record)], text = promptRows[prompt.Text];
                return new JudgedImage(
                    folder.PathOf(record), record, prompt, judge.IsGood(folder, record, prompt), rewards?[i], Dot(image, text),
                    aesthetics?[i]);
            }),
        ];
    }

    /// <summary>The rewards of images, each for its prompt.</summary>
    /// <param name="model">The reward.</param>
    /// <param name="folder">The run folder that the images lie in.</param>
    /// <param name="records">The images, of the evaluation prompts.</param>
    /// <param name="progress">Told while embeddings are computed.</param>
    /// <param name="cancellationToken">Ends the work between batches.</param>
    public float[] Score(
        TrainedReward model, RunFolder folder, IReadOnlyList<ImageRecord> records,
        IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        return new RewardScorer(model, clip, texts).Score(folder, records, progress, cancellationToken);
    }

    /// <summary>The figures of a model from its judged images.</summary>
    /// <param name="folder">The run folder that the images lie in.</param>
    /// <param name="images">Judged images; two at least where the Fréchet distance is measured.</param>
    /// <param name="progress">Told while the rendered images are embedded.</param>
    /// <param name="cancellationToken">Ends the work between batches.</param>
    public ModelEvaluation Measure(
        RunFolder folder, IReadOnlyList<JudgedImage> images, IProgress<StageProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        (Prompt, bool)[] judged = [.. images.Where(i => i.Good is not null).Select(i => (i.Prompt, i.Good!.Value))];
        return new ModelEvaluation(
            Reward is null ? null : images.Average(i => i.Reward), Distance(folder, images, progress, cancellationToken),
            judged.Length == 0 ? null : AlignmentRates.Of(judged), images.Count)
        {
            ClipScore = images.Average(i => i.ClipScore),
            Aesthetic = Aesthetic is null ? null : images.Average(i => i.Aesthetic),
        };
    }

    /// <summary>How often a score orders a good and a bad image of one prompt rightly.</summary>
    /// <param name="images">Judged images; those that no one has judged are left out.</param>
    /// <param name="score">The score of an image.</param>
    public static PairwiseAccuracy Accuracy(IReadOnlyList<JudgedImage> images, Func<JudgedImage, double> score)
    {
        (double Accuracy, int Pairs) Of(Func<JudgedImage, bool> set) => PairwiseAccuracy.Count(
            images.Where(i => i.Good is not null && set(i)).Select(i => (i.Prompt.Id, i.Good!.Value, score(i))));
        (double seen, int seenPairs) = Of(i => i.Prompt.Split != PromptSplit.Unseen);
        (double unseen, int unseenPairs) = Of(i => i.Prompt.Split == PromptSplit.Unseen);
        return new PairwiseAccuracy(seen, unseen, seenPairs, unseenPairs);
    }

    /// <summary>Rejection sampling: of each prompt's images those with the highest reward (Lee et al. 2023, Fig. 3b).</summary>
    /// <param name="images">Judged images with rewards.</param>
    /// <param name="kept">How many of each prompt.</param>
    public static IReadOnlyList<JudgedImage> Best(IReadOnlyList<JudgedImage> images, int kept) =>
        [.. images.GroupBy(i => i.Prompt.Id).SelectMany(g => g.OrderByDescending(i => i.Reward).Take(kept))];

    /// <summary>Closes the embeddings of the prompts.</summary>
    public void Dispose() => texts.Dispose();

    double? Distance(
        RunFolder folder, IReadOnlyList<JudgedImage> images, IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        if (References is null)
            return null;
        using MemoryScope scope = MemoryScope.Open();
        using var cache = new EmbeddingCache(folder, clip);
        RowTable embedded = cache.Images([.. images.Select(i => i.Image)], progress, cancellationToken);
        return FrechetDistance.Between(
            embedded.Gather([.. images.Select(i => embedded.IndexOf(EmbeddingCache.Key(i.Image)))]),
            References.Embed(progress, cancellationToken));
    }

    static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum;
    }
}
