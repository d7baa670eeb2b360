namespace AlignT2I.Training.Communicators;

/// <summary>A process of a parallel training has ended or does not answer: the others cannot go on. Programs end with exit code
/// 3.</summary>
/// <param name="message">Which rank, on which host, and what to do.</param>
public sealed class RankLostException(string message) : Exception(message);
