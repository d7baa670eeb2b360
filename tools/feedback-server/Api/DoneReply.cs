namespace AlignT2I.FeedbackServer.Api;

/// <summary>What was done, in a sentence.</summary>
internal sealed record DoneReply(string Message);
