namespace AlignT2I.FeedbackServer.Storage;

/// <summary>An image that is or was judged. Rows are never removed: labels refer to them.</summary>
internal sealed class ImageRow
{
    public int Id { get; init; }

    /// <summary>From the run folder on, with forward slashes; unique.</summary>
    public required string File { get; init; }

    public required string Prompt { get; init; }

    /// <summary>What the prompt tests, as prompts.jsonl says it; empty where it does not.</summary>
    public required string Category { get; set; }

    /// <summary>What an administrator knows the answer to be: a planted gold question. Null for ordinary images.</summary>
    public Feedback.FeedbackLabel? Gold { get; set; }
}
