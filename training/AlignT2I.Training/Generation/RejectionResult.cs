namespace AlignT2I.Training.Generation;

/// <summary>What rejection sampling chose.</summary>
/// <param name="Images">Images chosen.</param>
/// <param name="Reward">Their average reward.</param>
/// <param name="CandidateReward">The average reward of all candidates.</param>
public sealed record RejectionResult(int Images, double Reward, double CandidateReward);
