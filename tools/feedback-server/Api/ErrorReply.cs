namespace AlignT2I.FeedbackServer.Api;

/// <summary>Why a request was turned down.</summary>
internal sealed record ErrorReply(string Error);
