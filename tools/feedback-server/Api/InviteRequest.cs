namespace AlignT2I.FeedbackServer.Api;

/// <summary>Whom to invite.</summary>
internal sealed record InviteRequest(string Name, bool Administrator = false);
