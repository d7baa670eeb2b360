namespace AlignT2I.FeedbackServer.Exchange;

/// <summary>A JSON Lines file with what was asked for.</summary>
/// <param name="File">Relative to the mapping file.</param>
/// <param name="Line">Template of the number of an answer's line, from 0.</param>
internal sealed record CsvReference(string File, string Line);
