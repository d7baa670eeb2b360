using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Rewards;

/// <summary>Stage 2 on a run folder: the reward, and those that it is compared with.</summary>
public static class RewardStage
{
    /// <summary>Folder of a reward: reward/, and below it one for each of the others.</summary>
    public static string Folder(RunFolder run, RewardVariant variant) => variant switch
    {
        RewardVariant.WithoutPromptClassification => Path.Combine(run.RewardFolder, "without-prompt-classification"),
        RewardVariant.HalfData => Path.Combine(run.RewardFolder, "half-data"),
        RewardVariant.HalfDataWithoutPromptClassification => Path.Combine(run.RewardFolder, "half-data-without-prompt-classification"),
        _ => run.RewardFolder,
    };

    /// <summary>The variants that are trained.</summary>
    /// <param name="halfData">Whether those on half the labels are among them.</param>
    public static IReadOnlyList<RewardVariant> Variants(bool halfData) =>
        halfData ? Enum.GetValues<RewardVariant>() : [RewardVariant.Reward, RewardVariant.WithoutPromptClassification];

    /// <summary>Trains the rewards on the labels of a run and writes them into its folder.</summary>
    /// <param name="run">The run folder: prompts.jsonl, images.jsonl, feedback.jsonl.</param>
    /// <param name="embeddings">CLIP embeddings of the run.</param>
    /// <param name="options">How to train the first; the others differ in the weight of prompt classification and in the share of labels.</param>
    /// <param name="variants">Which.</param>
    /// <param name="keep">Whether a reward that is there already stays as it is.</param>
    /// <param name="progress">Told all along.</param>
    /// <param name="cancellationToken">Ends the work; the rewards that are trained stay.</param>
    /// <param name="backend">Where to compute; null is the CPU.</param>
    /// <returns>How each was trained.</returns>
    /// <exception cref="UsageException">An option is out of range, or there are no prompts, images or labels.</exception>
    /// <exception cref="FileFormatException">A file is damaged.</exception>
    /// <exception cref="StorageException">The folder cannot be written.</exception>
    public static IReadOnlyList<RewardTrainingMetrics> Run(
        RunFolder run, EmbeddingCache embeddings, RewardTrainingOptions options, IReadOnlyList<RewardVariant> variants, bool keep,
        IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default, Backend? backend = null)
    {
        options.Validate();
        RewardData? data = null;
        List<RewardTrainingMetrics> metrics = [];
        foreach (RewardVariant variant in variants)
        {
            string folder = Folder(run, variant);
            if (!keep || !TrainedReward.Exists(folder))
            {
                data ??= RewardDataBuilder.Build(run, embeddings, options.PerturbedPrompts, options.Seed, progress, cancellationToken);
                using TrainedReward trained = new RewardTrainer(data, Of(variant, options), backend).Train(progress, cancellationToken);
                trained.Save(folder);
            }
            using TrainedReward reward = TrainedReward.Load(folder);
            if (reward.Metrics is not null)
                metrics.Add(reward.Metrics);
        }
        return metrics;
    }

    static RewardTrainingOptions Of(RewardVariant variant, RewardTrainingOptions options)
    {
        if (variant is RewardVariant.WithoutPromptClassification or RewardVariant.HalfDataWithoutPromptClassification)
            options = options with { PromptClassificationWeight = 0 };
        return variant is RewardVariant.HalfData or RewardVariant.HalfDataWithoutPromptClassification
            ? options with { DataFraction = options.DataFraction / 2 } : options;
    }
}
