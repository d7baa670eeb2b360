namespace AlignT2I.FeedbackServer.Api;

/// <summary>Something on or off.</summary>
internal sealed record SwitchRequest(bool On);
