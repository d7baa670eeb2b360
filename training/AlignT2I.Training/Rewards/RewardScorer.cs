using AlignT2I.Engine;
using AlignT2I.Feedback;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Rewards;

/// <summary>Scores images on the disk by a reward.</summary>
/// <param name="reward">The reward.</param>
/// <param name="clip">The CLIP that it was trained on.</param>
/// <param name="texts">Where embeddings of prompts are kept.</param>
public sealed class RewardScorer(TrainedReward reward, ClipEmbedder clip, EmbeddingCache texts)
{
    /// <summary>The rewards of images, each for its prompt.</summary>
    /// <param name="folder">The folder that the images lie in; their embeddings are kept there.</param>
    /// <param name="records">The images.</param>
    /// <param name="progress">Told while embeddings are computed.</param>
    /// <param name="cancellationToken">Ends the work between batches.</param>
    /// <exception cref="Files.FileFormatException">An image or a cache is damaged.</exception>
    /// <exception cref="Files.UsageException">The reward was trained on another CLIP.</exception>
    public float[] Score(
        RunFolder folder, IReadOnlyList<ImageRecord> records, IProgress<StageProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        reward.RequireClip(clip.Hash);
        using var cache = new EmbeddingCache(folder, clip);
        RowTable images = cache.Images(records, progress, cancellationToken);
        RowTable prompts = texts.Texts([.. records.Select(r => r.Text).Distinct()], progress, cancellationToken);
        using MemoryScope scope = MemoryScope.Open();
        return reward.Score(
            images.Gather([.. records.Select(r => images.IndexOf(EmbeddingCache.Key(r)))]),
            prompts.Gather([.. records.Select(r => prompts.IndexOf(r.Text))]));
    }
}
