namespace AlignT2I.FeedbackServer.Api;

/// <summary>A text to be stored.</summary>
internal sealed record TextRequest(string Text);
