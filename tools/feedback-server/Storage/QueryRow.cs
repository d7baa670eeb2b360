namespace AlignT2I.FeedbackServer.Storage;

/// <summary>One question to one rater.</summary>
internal sealed class QueryRow
{
    public long Id { get; init; }

    /// <summary>128 random bits in base64url. The rater's page knows the query by it, and an answer sent twice is known by it.</summary>
    public required string Key { get; init; }

    public int RaterId { get; init; }

    public QueryKind Kind { get; init; }

    /// <summary>Ids of the images in the order shown, or the id of the pair that is compared.</summary>
    public required string Subject { get; init; }

    /// <summary>For a comparison: whether the second set is shown on the left.</summary>
    public bool Swapped { get; init; }

    public QueryState State { get; set; }

    public DateTimeOffset IssuedAt { get; init; }

    public DateTimeOffset? AnsweredAt { get; set; }

    /// <summary>How long the rater looked at it, as the page measured.</summary>
    public int? ElapsedMs { get; set; }
}
