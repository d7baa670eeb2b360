namespace AlignT2I.Training.Finetuning;

/// <summary>How a fine-tuning ended.</summary>
/// <param name="Steps">Updates done in all.</param>
/// <param name="ResumedAt">Updates that came from a checkpoint, 0 for a fresh start.</param>
/// <param name="Losses">Loss of each update of this process, in order.</param>
public sealed record FinetuneResult(int Steps, int ResumedAt, IReadOnlyList<double> Losses);
