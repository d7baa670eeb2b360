namespace AlignT2I.Training.Pretraining;

/// <summary>How long and how fast a phase trains.</summary>
/// <param name="Stage">What it is called while it runs.</param>
/// <param name="Steps">Updates.</param>
/// <param name="LearningRate">Peak of the learning rate.</param>
/// <param name="Stream">Stream of its random numbers.</param>
/// <param name="ScheduleSteps">Updates after which the learning rate would be zero; no less than <paramref name="Steps"/> counts.</param>
internal sealed record PhasePlan(string Stage, int Steps, double LearningRate, ulong Stream, int ScheduleSteps = 0);
