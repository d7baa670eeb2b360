using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Training.Rewards;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Demo;

/// <summary>The rewards of a run folder: the one that is used, and those that it is compared with.</summary>
internal sealed class ExperimentRewards : IDisposable
{
    readonly Dictionary<RewardVariant, TrainedReward> rewards = [];

    /// <summary>Reads what there is.</summary>
    /// <exception cref="FileFormatException">A file is damaged.</exception>
    public ExperimentRewards(RunFolder run, Backend? backend)
    {
        try
        {
            foreach (RewardVariant variant in Trained(run))
                rewards[variant] = TrainedReward.Load(RewardStage.Folder(run, variant), backend);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>A reward, or null where it was not trained.</summary>
    public TrainedReward? this[RewardVariant variant] => rewards.GetValueOrDefault(variant);

    /// <summary>The shares of the labels that there are rewards of besides all labels, rising.</summary>
    public IEnumerable<double> Fractions => rewards.Keys.Select(v => v.Fraction).Where(f => f < 1).Distinct().Order();

    public void Dispose()
    {
        foreach (TrainedReward reward in rewards.Values)
            reward.Dispose();
    }

    static IEnumerable<RewardVariant> Trained(RunFolder run) =>
        (Directory.Exists(run.RewardFolder) ? Directory.EnumerateDirectories(run.RewardFolder) : [])
            .Select(folder => RewardVariant.OfFolder(Path.GetFileName(folder))).OfType<RewardVariant>().Prepend(RewardVariant.Reward)
            .Where(variant => TrainedReward.Exists(RewardStage.Folder(run, variant)));
}
