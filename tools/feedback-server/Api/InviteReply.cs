namespace AlignT2I.FeedbackServer.Api;

/// <summary>An invitation.</summary>
/// <param name="Path">Goes behind the address of the server; shown once, for only a hash of the token is kept.</param>
internal sealed record InviteReply(string Name, string Path);
