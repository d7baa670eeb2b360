namespace AlignT2I.FeedbackServer.Storage;

/// <summary>One prompt of a comparison with the images of both models.</summary>
internal sealed class PairRow
{
    public int Id { get; init; }

    public int ComparisonId { get; init; }

    public required string Prompt { get; init; }

    /// <summary>Files of the first model, from the run folder on, one to a line.</summary>
    public required string FirstImages { get; init; }

    public required string SecondImages { get; init; }
}
