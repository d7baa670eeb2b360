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
            foreach (RewardVariant variant in RewardStage.Variants(halfData: true))
            {
                string folder = RewardStage.Folder(run, variant);
                if (TrainedReward.Exists(folder))
                    rewards[variant] = TrainedReward.Load(folder, backend);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>A reward, or null where it was not trained.</summary>
    public TrainedReward? this[RewardVariant variant] => rewards.GetValueOrDefault(variant);

    public void Dispose()
    {
        foreach (TrainedReward reward in rewards.Values)
            reward.Dispose();
    }
}
