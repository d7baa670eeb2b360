using AlignT2I.Feedback;

namespace AlignT2I.FeedbackServer.Api;

/// <summary>What a rater's labelling page shows.</summary>
/// <param name="Queries">The query to answer now, and the one after it, for its images to be loaded meanwhile.</param>
/// <param name="IsPaused">Whether there is nothing because an administrator paused the study or the rater.</param>
/// <param name="Before">After Undo: the labels that were taken back.</param>
internal sealed record LabelReply(
    IReadOnlyList<LabelQuery> Queries, Progress Progress, bool IsPaused, IReadOnlyList<FeedbackLabel>? Before = null);
