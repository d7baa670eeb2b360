namespace AlignT2I.FeedbackServer.Studies;

/// <summary>What the server needs of a line of prompts.jsonl.</summary>
internal sealed record PromptLine(string Id, string? Category = null);
