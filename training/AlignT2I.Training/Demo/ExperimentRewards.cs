using AlignT2I.Training.Rewards;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Demo;

/// <summary>The rewards of an experiment: the one that is used, and those that it is compared with. Each is trained once and kept.</summary>
internal sealed class ExperimentRewards : IDisposable
{
    readonly RunFolder run;
    readonly RewardData data;
    readonly IProgress<StageProgress>? progress;
    readonly CancellationToken cancellationToken;

    public ExperimentRewards(
        RunFolder run, RewardData data, ExperimentOptions options, IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        (this.run, this.data, this.progress, this.cancellationToken) = (run, data, progress, cancellationToken);
        RewardTrainingOptions training = options.Reward with { Seed = options.Seed };
        RewardTrainingOptions plain = training with { PromptClassificationWeight = 0 };
        Reward = Get(run.RewardFolder, training);
        WithoutPromptClassification = Get(Folder("without-prompt-classification"), plain);
        if (!options.Ablations)
            return;
        HalfData = Get(Folder("half-data"), training with { DataFraction = 0.5 });
        HalfDataWithoutPromptClassification = Get(Folder("half-data-without-prompt-classification"), plain with { DataFraction = 0.5 });
    }

    /// <summary>With prompt classification, on all labels.</summary>
    public TrainedReward Reward { get; }

    /// <summary>Without prompt classification, on all labels.</summary>
    public TrainedReward WithoutPromptClassification { get; }

    /// <summary>With prompt classification, on half the labels; null without ablations.</summary>
    public TrainedReward? HalfData { get; }

    /// <summary>Without prompt classification, on half the labels; null without ablations.</summary>
    public TrainedReward? HalfDataWithoutPromptClassification { get; }

    public void Dispose()
    {
        foreach (TrainedReward? reward in (TrainedReward?[])[Reward, WithoutPromptClassification, HalfData, HalfDataWithoutPromptClassification])
            reward?.Dispose();
    }

    string Folder(string name) => Path.Combine(run.RewardFolder, name);

    TrainedReward Get(string folder, RewardTrainingOptions options)
    {
        if (TrainedReward.Exists(folder))
            return TrainedReward.Load(folder);
        TrainedReward reward = new RewardTrainer(data, options).Train(progress, cancellationToken);
        reward.Save(folder);
        return reward;
    }
}
