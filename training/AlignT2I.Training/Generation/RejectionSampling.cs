using System.Globalization;
using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Training.Rewards;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Generation;

/// <summary>Rejection sampling: of each prompt's candidates those with the highest reward (Lee et al. 2023, Fig. 3b).</summary>
/// <param name="scorer">The reward.</param>
/// <param name="kept">Images kept of each prompt.</param>
public sealed class RejectionSampling(RewardScorer scorer, int kept)
{
    /// <summary>Chooses among candidates and writes the chosen ones, their rewards in their PNGs.</summary>
    /// <param name="candidates">The folder that the candidates lie in.</param>
    /// <param name="records">The candidates.</param>
    /// <param name="target">The folder that the chosen ones are written to.</param>
    /// <param name="progress">Told while embeddings are computed.</param>
    /// <param name="cancellationToken">Ends the work between batches; what is computed is kept.</param>
    /// <exception cref="FileFormatException">An image or a cache is damaged.</exception>
    /// <exception cref="StorageException">The folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public RejectionResult Run(
        RunFolder candidates, IReadOnlyList<ImageRecord> records, RunFolder target,
        IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        float[] rewards = scorer.Score(candidates, records, progress, cancellationToken);
        (ImageRecord Image, float Reward)[] chosen =
        [
            .. records.Zip(rewards).GroupBy(c => c.First.PromptId).SelectMany(g => g.OrderByDescending(c => c.Second).Take(kept)),
        ];
        var catalog = new ImageCatalog(target);
        RunFolder.Make(target.ImagesFolder);
        using JsonLinesWriter<ImageRecord> manifest = target.OpenManifest();
        foreach ((ImageRecord image, float reward) in chosen)
        {
            ImageRecord placed = catalog.Place(image);
            if (catalog.Has(placed))
                continue;
            PngImage png = Png.Read(candidates.PathOf(image));
            string score = reward.ToString("R", CultureInfo.InvariantCulture);
            Png.Write(target.PathOf(placed), png.Image, png.Text.Append(new("reward", score)));
            manifest.Append(placed);
        }
        manifest.FlushToDisk();
        return new RejectionResult(chosen.Length, chosen.Average(c => c.Reward), rewards.Average());
    }
}
