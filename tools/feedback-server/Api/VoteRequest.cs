using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Storage;

namespace AlignT2I.FeedbackServer.Api;

/// <summary>The answer to a comparison: first is the left set, second the right.</summary>
/// <param name="Query">Its key; the same answer may be sent any number of times.</param>
/// <param name="Alignment">Which side shows better what the prompt says.</param>
/// <param name="Fidelity">Which side looks better.</param>
/// <param name="ElapsedMs">How long the query was looked at.</param>
internal sealed record VoteRequest(string Query, Preference Alignment, Preference Fidelity, int? ElapsedMs = null);
