using AlignT2I.FeedbackServer.Storage;

namespace AlignT2I.FeedbackServer.Api;

/// <summary>What becomes of a rater.</summary>
internal sealed record StatusRequest(RaterStatus Status);
