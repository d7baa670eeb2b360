using System.Text.Json;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Rewards;

/// <summary>Stage 2 on a run folder: the reward, and those that it is compared with.</summary>
public static class RewardStage
{
    /// <summary>The shares of the labels that an ablation trains on (Lee et al. 2023, Fig. 4b).</summary>
    public static IReadOnlyList<double> AblationFractions => [0.5];

    /// <summary>Folder of a reward: reward/, and below it one for each of the others.</summary>
    public static string Folder(RunFolder run, RewardVariant variant) => Path.Combine(run.RewardFolder, variant.FolderName);

    /// <summary>The variants that are trained.</summary>
    /// <param name="fractions">Shares of the labels that are trained on besides all of them, each with and without prompt
    /// classification.</param>
    public static IReadOnlyList<RewardVariant> Variants(IReadOnlyList<double> fractions) =>
        [.. fractions.Prepend(1).SelectMany(f => (RewardVariant[])[new(true, f), new(false, f)])];

    /// <summary>Trains the rewards on the labels of a run and writes them into its folder.</summary>
    /// <param name="run">The run folder: prompts.jsonl, images.jsonl, feedback.jsonl.</param>
    /// <param name="embeddings">CLIP embeddings of the run.</param>
    /// <param name="options">How to train the first; the others differ in the weight of prompt classification
    /// and in the share of labels.</param>
    /// <param name="variants">Which.</param>
    /// <param name="keep">Whether a reward that was trained on the same labels with the same options stays as it is.</param>
    /// <param name="progress">Told all along.</param>
    /// <param name="cancellationToken">Ends the work; the rewards that are trained stay.</param>
    /// <param name="backend">Where to compute; null is the CPU.</param>
    /// <param name="seeds">Seeds besides that of <paramref name="options"/>: each trains a reward of its own below the first's folder,
    /// on the same perturbed prompts and another split; mean and spread go into seeds.json.</param>
    /// <returns>How each variant was trained.</returns>
    /// <exception cref="UsageException">An option is out of range, or there are no prompts, images or labels.</exception>
    /// <exception cref="FileFormatException">A file is damaged.</exception>
    /// <exception cref="StorageException">The folder cannot be written.</exception>
    public static IReadOnlyList<RewardResult> Run(
        RunFolder run, EmbeddingCache embeddings, RewardTrainingOptions options, IReadOnlyList<RewardVariant> variants, bool keep,
        IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default, Backend? backend = null,
        IReadOnlyList<ulong>? seeds = null)
    {
        options.Validate();
        RewardData data = RewardDataBuilder.Build(run, embeddings, options, progress, cancellationToken);
        string hash = data.Hash();
        List<RewardResult> results = [];
        foreach (RewardVariant variant in variants)
        {
            string folder = Folder(run, variant);
            RewardTrainingMetrics Train(RewardTrainingOptions own, string folder)
            {
                if (keep && TrainedReward.ReadMetrics(folder) is { } known && known.DataHash == hash && Json(known.Options) == Json(own))
                    return known;
                using TrainedReward trained = new RewardTrainer(data, own, backend).Train(progress, cancellationToken);
                trained.Metrics = trained.Metrics! with { ClipHash = embeddings.ClipHash };
                trained.Save(folder);
                return trained.Metrics;
            }

            RewardTrainingOptions first = variant.Apply(options);
            RewardTrainingMetrics[] metrics =
            [
                Train(first, folder),
                .. (seeds ?? []).Select(s =>
                    Train(first with { Seed = s }, Path.Combine(folder, FormattableString.Invariant($"seed-{s}")))),
            ];
            var spread = RewardSeeds.Of(metrics);
            if (metrics.Length > 1)
            {
                string json = JsonSerializer.Serialize(spread, RewardJson.Default.RewardSeeds) + "\n";
                AtomicFile.WriteAllText(Path.Combine(folder, "seeds.json"), json);
            }
            results.Add(new RewardResult(variant, metrics[0], spread));
        }
        return results;
    }

    static string Json(RewardTrainingOptions? options) =>
        options is null ? "" : JsonSerializer.Serialize(options, OptionsJson.Default.RewardTrainingOptions);
}
