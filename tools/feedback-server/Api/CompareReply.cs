namespace AlignT2I.FeedbackServer.Api;

/// <summary>What a rater's comparing page shows.</summary>
/// <param name="Queries">The query to answer now, and the one after it.</param>
/// <param name="IsPaused">Whether there is nothing because an administrator paused the study or the rater.</param>
internal sealed record CompareReply(IReadOnlyList<CompareQuery> Queries, Progress Progress, bool IsPaused);
