namespace AlignT2I.FeedbackServer.Api;

/// <summary>Images of one prompt to be judged.</summary>
/// <param name="Key">Goes back with the answer.</param>
/// <param name="Images">Addresses.</param>
internal sealed record LabelQuery(string Key, string Prompt, IReadOnlyList<string> Images);
