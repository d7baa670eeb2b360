namespace AlignT2I.FeedbackServer.Api;

/// <summary>Takes the last answer back.</summary>
/// <param name="Query">The query that was answered.</param>
internal sealed record UndoRequest(string Query);
