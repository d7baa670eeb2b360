namespace AlignT2I.FeedbackServer.Studies;

/// <summary>Hands out work evenly: always an item with the fewest judgements, never one that the rater has judged or holds.</summary>
/// <param name="raters">How many raters judge each item.</param>
internal sealed class Schedule(int raters)
{
    readonly Dictionary<int, WorkItem> items = [];
    readonly SortedSet<(int Load, uint Order, int Id)> waiting = [];
    long judgements;

    /// <summary>How many raters judge each item.</summary>
    public int Raters => raters;

    public IReadOnlyCollection<WorkItem> Items => items.Values;

    /// <summary>Judgements wanted in all.</summary>
    public long Wanted => (long)raters * items.Count;

    /// <summary>Judgements that are there, those beyond what an item needs left out.</summary>
    public long Judgements => judgements;

    public WorkItem? Find(int id) => items.GetValueOrDefault(id);

    /// <summary>Adds an item.</summary>
    public void Add(WorkItem item)
    {
        items.Add(item.Id, item);
        judgements += Math.Min(item.Done, raters);
        Enqueue(item);
    }

    /// <summary>Changes judges, holders or the count of an item.</summary>
    public void Change(WorkItem item, Action<WorkItem> change)
    {
        waiting.Remove(Place(item));
        judgements -= Math.Min(item.Done, raters);
        change(item);
        judgements += Math.Min(item.Done, raters);
        Enqueue(item);
    }

    /// <summary>The next item for a rater; null where there is none left.</summary>
    public WorkItem? Next(int rater)
    {
        foreach ((_, _, int id) in waiting)
        {
            if (IsNew(items[id], rater))
                return items[id];
        }
        return null;
    }

    /// <summary>Whether another judgement is wanted, and this rater may give it.</summary>
    public bool IsOpenTo(WorkItem item, int rater) => item.Load < raters && IsNew(item, rater);

    public static bool IsNew(WorkItem item, int rater) => !item.Judges.Contains(rater) && !item.Holders.Contains(rater);

    void Enqueue(WorkItem item)
    {
        if (item.Load < raters)
            waiting.Add(Place(item));
    }

    static (int Load, uint Order, int Id) Place(WorkItem item) => (item.Load, item.Order, item.Id);
}
