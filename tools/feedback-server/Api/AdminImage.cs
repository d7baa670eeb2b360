using AlignT2I.Feedback;

namespace AlignT2I.FeedbackServer.Api;

/// <summary>An image as an administrator sees it.</summary>
/// <param name="Gold">The right answer where it is a gold question.</param>
/// <param name="Good">Labels good that count; likewise bad.</param>
internal sealed record AdminImage(int Id, string File, string Prompt, FeedbackLabel? Gold, int Good, int Bad);
