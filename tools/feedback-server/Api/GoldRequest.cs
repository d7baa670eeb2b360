using AlignT2I.Feedback;

namespace AlignT2I.FeedbackServer.Api;

/// <summary>The right answer for an image, or null for no gold question.</summary>
internal sealed record GoldRequest(int Image, FeedbackLabel? Answer);
