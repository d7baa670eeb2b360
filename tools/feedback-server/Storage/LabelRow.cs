using AlignT2I.Feedback;

namespace AlignT2I.FeedbackServer.Storage;

/// <summary>One label, or the undoing of one. Rows are only ever added.</summary>
internal sealed class LabelRow
{
    public long Id { get; init; }

    /// <summary>The query that it answers; null for imported labels.</summary>
    public long? QueryId { get; init; }

    public int RaterId { get; init; }

    public int ImageId { get; init; }

    public FeedbackLabel Label { get; init; }

    /// <summary>Whether this row takes the label of the same query back.</summary>
    public bool IsUndo { get; init; }

    public DateTimeOffset Time { get; init; }
}
