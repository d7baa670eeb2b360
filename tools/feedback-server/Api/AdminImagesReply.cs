namespace AlignT2I.FeedbackServer.Api;

/// <summary>A page of the images.</summary>
internal sealed record AdminImagesReply(int Total, IReadOnlyList<AdminImage> Images);
