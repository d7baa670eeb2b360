using AlignT2I.Feedback;
namespace AlignT2I.FeedbackServer.Storage;

/// <summary>One answer to a comparison, or the undoing of one. Rows are only ever added.</summary>
internal sealed class VoteRow
{
    public long Id { get; init; }

    public long QueryId { get; init; }

    public int RaterId { get; init; }

    public int PairId { get; init; }

    /// <summary>Which set shows better what the prompt says.</summary>
    public Preference Alignment { get; init; }

    /// <summary>Which set looks better.</summary>
    public Preference Fidelity { get; init; }

    public bool IsUndo { get; init; }

    public DateTimeOffset Time { get; init; }
}
