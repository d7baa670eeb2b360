namespace AlignT2I.FeedbackServer.Exchange;

/// <summary>One condition on an answer. Exactly one of <paramref name="EqualTo"/>, <paramref name="Value"/> is given.</summary>
/// <param name="Column">The column that is looked at.</param>
/// <param name="EqualTo">Path of a value in the reference, as <c>include[0].count</c>; where the reference has none, the condition
/// holds.</param>
/// <param name="Value">A value.</param>
/// <param name="Separator">Where given, the column lists several values, and it is enough that one of them is equal.</param>
internal sealed record CsvCondition(string Column, string? EqualTo = null, string? Value = null, string? Separator = null);
