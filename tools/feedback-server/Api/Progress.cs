namespace AlignT2I.FeedbackServer.Api;

/// <summary>How far a rater and the study are.</summary>
/// <param name="Answered">Queries that this rater has answered.</param>
/// <param name="StudyShare">Judgements that are there, as a share of those wanted.</param>
/// <param name="LastAnswered">Key of the query that Undo would take back.</param>
internal sealed record Progress(int Answered, double StudyShare, string? LastAnswered);
