namespace AlignT2I.FeedbackServer.Api;

/// <summary>Two sets to be compared, as the overview names them.</summary>
/// <param name="ImagesPerPrompt">Images that each side shows.</param>
internal sealed record ComparisonRequest(string First, string Second, int ImagesPerPrompt);
