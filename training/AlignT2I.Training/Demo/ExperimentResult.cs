using AlignT2I.Training.Evaluation;
using AlignT2I.Training.Rewards;

namespace AlignT2I.Training.Demo;

/// <summary>What an experiment found.</summary>
/// <param name="Evaluation">Every number of the report.</param>
/// <param name="Reward">How the reward was trained.</param>
/// <param name="FinetuneLosses">Loss of each update of the full mix; empty where it had been trained before.</param>
/// <param name="Samples">Images side by side, the categories in turn, seen and unseen objects.</param>
public sealed record ExperimentResult(
    EvaluationResult Evaluation, RewardTrainingMetrics Reward, IReadOnlyList<double> FinetuneLosses, IReadOnlyList<SampleRow> Samples);
