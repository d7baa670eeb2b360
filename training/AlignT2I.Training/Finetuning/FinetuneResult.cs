namespace AlignT2I.Training.Finetuning;

/// <summary>How a fine-tuning ended.</summary>
/// <param name="Steps">Steps done in all.</param>
/// <param name="ResumedAt">Steps that came from a checkpoint, 0 for a fresh start.</param>
/// <param name="Losses">Loss of each step of this process, in order, where it is finite.</param>
/// <param name="SkippedSteps">Steps whose gradients were not finite and which changed nothing, in all.</param>
public sealed record FinetuneResult(int Steps, int ResumedAt, IReadOnlyList<double> Losses, long SkippedSteps);
