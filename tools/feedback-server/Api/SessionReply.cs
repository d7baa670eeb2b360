namespace AlignT2I.FeedbackServer.Api;

/// <summary>Who is signed in.</summary>
/// <param name="RequestToken">To be sent with each change.</param>
/// <param name="LeaseSeconds">The page is heard of more often than that, or its queries go to others.</param>
/// <param name="HasComparisons">Whether there is human evaluation to do.</param>
internal sealed record SessionReply(string Name, bool IsAdministrator, string RequestToken, int LeaseSeconds, bool HasComparisons);
