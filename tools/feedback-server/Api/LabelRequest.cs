using AlignT2I.Feedback;

namespace AlignT2I.FeedbackServer.Api;

/// <summary>The answer to a labelling query.</summary>
/// <param name="Query">Its key; the same answer may be sent any number of times.</param>
/// <param name="Labels">One for each image.</param>
/// <param name="ElapsedMs">How long the query was looked at.</param>
internal sealed record LabelRequest(string Query, IReadOnlyList<FeedbackLabel> Labels, int? ElapsedMs = null);
