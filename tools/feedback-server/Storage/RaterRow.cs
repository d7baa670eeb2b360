namespace AlignT2I.FeedbackServer.Storage;

/// <summary>A person who judges or administers, or the name that imported labels carry.</summary>
internal sealed class RaterRow
{
    public int Id { get; init; }

    /// <summary>Unique; what <c>feedback.jsonl</c> calls the rater.</summary>
    public required string Name { get; init; }

    public bool IsAdministrator { get; init; }

    public RaterStatus Status { get; set; }

    /// <summary>SHA-256 of the invitation's secret, 32 bytes; null for names that came with imported labels.</summary>
    public byte[]? TokenHash { get; set; }

    public DateTimeOffset CreatedAt { get; init; }
}
