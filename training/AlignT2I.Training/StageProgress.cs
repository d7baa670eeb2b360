namespace AlignT2I.Training;

/// <summary>How far a long piece of work is: what commands show as a bar with rate and ETA, and write to log.jsonl.</summary>
/// <param name="Stage">The work in a few words, as in <c>train VAE</c>.</param>
/// <param name="Done">Units done, from 0.</param>
/// <param name="Total">Units in all.</param>
/// <param name="Unit">What is counted, as in <c>step</c> or <c>image</c>.</param>
/// <param name="Values">Figures of the moment by name, as in <c>loss</c>, <c>lr</c>, <c>norm</c>.</param>
public sealed record StageProgress(string Stage, long Done, long Total, string Unit, params (string Name, double Value)[] Values);
