namespace AlignT2I.FeedbackServer.Storage;

/// <summary>A human evaluation of two models on the same prompts (Lee et al. 2023, Fig. 3).</summary>
internal sealed class ComparisonRow
{
    public int Id { get; init; }

    /// <summary>Folder of the first model's images, from the run folder on: <c>evaluation/original</c>.</summary>
    public required string First { get; init; }

    public required string Second { get; init; }

    /// <summary>Raters that judge each prompt; nine in the paper.</summary>
    public int Raters { get; init; }

    public bool IsOpen { get; set; }

    public DateTimeOffset CreatedAt { get; init; }
}
