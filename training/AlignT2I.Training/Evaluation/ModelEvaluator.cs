using AlignT2I.Engine;
using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Models.Metrics;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Miniature;
using AlignT2I.Training.Prompts;
using AlignT2I.Training.Rating;
using AlignT2I.Training.Rewards;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Evaluation;

/// <summary>Measures a model's images of evaluation prompts: alignment by the simulated rater, reward, CLIP score, Fréchet distance.</summary>
/// <param name="run">The run folder, for the cached embeddings of prompts and of rendered images.</param>
/// <param name="clip">CLIP: the feature space of the distance, and the score.</param>
/// <param name="reward">The learned reward.</param>
/// <param name="prompts">The evaluation prompts.</param>
/// <param name="referenceImagesPerPrompt">Rendered images per prompt that the distance is measured to.</param>
/// <param name="seed">Decides the rendered images.</param>
public sealed class ModelEvaluator(
    RunFolder run, ClipEmbedder clip, TrainedReward reward, IReadOnlyList<Prompt> prompts, int referenceImagesPerPrompt, ulong seed)
    : IDisposable
{
    const int BatchSize = 64;

    readonly EmbeddingCache texts = new(run, clip);
    readonly Dictionary<string, Prompt> byId = prompts.ToDictionary(p => p.Id);

    /// <summary>Judges images.</summary>
    /// <param name="folder">The run folder that the images lie in.</param>
    /// <param name="records">The images, of the evaluation prompts.</param>
    /// <param name="progress">Told while embeddings are computed.</param>
    /// <param name="cancellationToken">Ends the work between batches.</param>
    /// <exception cref="FileFormatException">An image is damaged or not 64x64.</exception>
    public IReadOnlyList<JudgedImage> Judge(
        RunFolder folder, IReadOnlyList<ImageRecord> records, IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using var cache = new EmbeddingCache(folder, clip);
        RowTable images = cache.Images(records, progress, cancellationToken);
        float[] rewards = Score(reward, folder, records, progress, cancellationToken);
        RowTable promptRows = texts.Texts([.. prompts.Select(p => p.Text)], progress, cancellationToken);
        return
        [
            .. records.Select((record, i) =>
            {
                Prompt prompt = byId[record.PromptId];
                ReadOnlySpan<float> image = images[EmbeddingCache.Key(record)], text = promptRows[prompt.Text];
                return new JudgedImage(
                    folder.PathOf(record), record, prompt, SimulatedRater.Inspect(SimulatedRating.ReadPixels(folder, record), ScenePrompt.Of(prompt)).AllMatch,
                    rewards[i], Dot(image, text));
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
    /// <param name="images">At least two judged images.</param>
    /// <param name="progress">Told while the rendered images are embedded.</param>
    /// <param name="cancellationToken">Ends the work between batches.</param>
    public ModelEvaluation Measure(
        RunFolder folder, IReadOnlyList<JudgedImage> images, IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using var references = new RowCache(System.IO.Path.Combine(run.EmbeddingsFolder, $"rendered-{clip.Hash}"), [clip.Dim]);
        RowTable reference = references.Ensure(
            [.. References()], r => r.Key, batch => clip.EmbedImages([.. batch.Select(r => Render(r.Prompt, r.Seed))]),
            BatchSize, "embed rendered images", progress, cancellationToken);
        using var cache = new EmbeddingCache(folder, clip);
        RowTable embedded = cache.Images([.. images.Select(i => i.Image)], progress, cancellationToken);
        using MemoryScope scope = MemoryScope.Open();
        double distance = FrechetDistance.Between(
            embedded.Gather([.. images.Select(i => embedded.IndexOf(EmbeddingCache.Key(i.Image)))]),
            reference.Gather([.. References().Select(r => reference.IndexOf(r.Key))]));
        return new ModelEvaluation(
            images.Average(i => i.Reward), distance, AlignmentRates.Of([.. images.Select(i => (i.Prompt, i.Good))]), images.Count);
    }

    /// <summary>How often a score orders a good and a bad image of one prompt rightly.</summary>
    /// <param name="images">Judged images.</param>
    /// <param name="score">The score of an image.</param>
    public static PairwiseAccuracy Accuracy(IReadOnlyList<JudgedImage> images, Func<JudgedImage, double> score)
    {
        (double seen, int seenPairs) = PairwiseAccuracy.Count(
            images.Where(i => i.Prompt.Split != PromptSplit.Unseen).Select(i => (i.Prompt.Id, i.Good, score(i))));
        (double unseen, int unseenPairs) = PairwiseAccuracy.Count(
            images.Where(i => i.Prompt.Split == PromptSplit.Unseen).Select(i => (i.Prompt.Id, i.Good, score(i))));
        return new PairwiseAccuracy(seen, unseen, seenPairs, unseenPairs);
    }

    /// <summary>Rejection sampling: of each prompt's images those with the highest reward (Lee et al. 2023, Fig. 3b).</summary>
    /// <param name="images">Judged images.</param>
    /// <param name="kept">How many of each prompt.</param>
    public static IReadOnlyList<JudgedImage> Best(IReadOnlyList<JudgedImage> images, int kept) =>
        [.. images.GroupBy(i => i.Prompt.Id).SelectMany(g => g.OrderByDescending(i => i.Reward).Take(kept))];

    /// <summary>Closes the embeddings of the prompts.</summary>
    public void Dispose() => texts.Dispose();

    IEnumerable<(string Key, Prompt Prompt, ulong Seed)> References()
    {
        for (int p = 0; p < prompts.Count; p++)
        {
            for (int i = 0; i < referenceImagesPerPrompt; i++)
            {
                ulong scene = new Philox(seed, (ulong)p * 65_536 + (ulong)i).NextUInt64();
                yield return (FormattableString.Invariant($"{prompts[p].Id}-{scene}"), prompts[p], scene);
            }
        }
    }

    static Image Render(Prompt prompt, ulong scene)
    {
        byte[] rgb = new byte[SceneRenderer.ByteCount];
        SceneRenderer.Render(SceneSampler.Sample(ScenePrompt.Of(prompt), scene), rgb);
        return new Image(SceneRenderer.Size, SceneRenderer.Size, 3, rgb);
    }

    static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum;
    }
}
