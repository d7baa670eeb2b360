using AlignT2I.Training.Evaluation;

namespace AlignT2I.Training.Demo;

/// <summary>What an experiment found.</summary>
/// <param name="Evaluation">Every number of the report.</param>
/// <param name="Samples">Images side by side, the categories in turn, seen and unseen objects.</param>
public sealed record ExperimentResult(EvaluationResult Evaluation, IReadOnlyList<SampleRow> Samples);
