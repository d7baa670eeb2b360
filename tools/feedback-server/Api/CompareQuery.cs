namespace AlignT2I.FeedbackServer.Api;

/// <summary>Two sets of images for one prompt.</summary>
/// <param name="Key">Goes back with the answer.</param>
/// <param name="Left">Addresses of the left set; likewise the right.</param>
internal sealed record CompareQuery(string Key, string Prompt, IReadOnlyList<string> Left, IReadOnlyList<string> Right);
