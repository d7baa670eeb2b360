using AlignT2I.FeedbackServer.Storage;

namespace AlignT2I.FeedbackServer.Studies;

/// <summary>A question to a rater, with the work that it is about and the end of its lease.</summary>
internal sealed class Query(QueryRow row, Schedule schedule, WorkItem item)
{
    public QueryRow Row => row;

    public Schedule Schedule => schedule;

    public WorkItem Item => item;

    /// <summary>When the work goes to others unless the rater's page is heard of before.</summary>
    public DateTimeOffset LeaseEnds { get; set; }
}
