namespace AlignT2I.FeedbackServer.Api;

/// <summary>The token of an invitation.</summary>
internal sealed record SessionRequest(string Token);
