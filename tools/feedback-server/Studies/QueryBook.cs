using System.Net;
using AlignT2I.FeedbackServer.Storage;

namespace AlignT2I.FeedbackServer.Studies;

/// <summary>All queries of a study: who holds what, until when, and what became of it.</summary>
/// <param name="lease">How long a query waits for a page that is not heard of.</param>
internal sealed class QueryBook(TimeSpan lease)
{
    readonly Dictionary<string, Query> byKey = new(StringComparer.Ordinal);
    readonly Dictionary<(int Rater, QueryKind Kind), List<Query>> open = [];
    readonly Dictionary<(int Rater, QueryKind Kind), List<Query>> answered = [];
    long lastId;

    /// <summary>Every query there ever was.</summary>
    public IEnumerable<Query> All => byKey.Values;

    /// <summary>What a rater is asked at the moment, in the order in which it is to be answered.</summary>
    public IReadOnlyList<Query> Open(int rater, QueryKind kind) => open.GetValueOrDefault((rater, kind)) ?? [];

    /// <summary>How many queries a rater has answered.</summary>
    public int Answered(int rater, QueryKind kind) => answered.GetValueOrDefault((rater, kind))?.Count ?? 0;

    /// <summary>Takes a stored query in; an open one gets a lease from now on. To be called in the order of the answers.</summary>
    public void Restore(Query query, DateTimeOffset now)
    {
        QueryRow row = query.Row;
        byKey.Add(row.Key, query);
        lastId = Math.Max(lastId, row.Id);
        if (row.State == QueryState.Answered)
            Of(answered, row).Add(query);
        else if (row.State == QueryState.Open)
            Hold(query, now, first: false);
    }

    /// <summary>Leases work to a rater.</summary>
    /// <param name="first">Whether it comes before what the rater holds already.</param>
    public Query Issue(
        int rater, QueryKind kind, Schedule schedule, WorkItem item, string subject, bool swapped, DateTimeOffset now, bool first,
            Journal journal)
    {
        QueryRow row = journal.Add(new QueryRow
        {
            Id = ++lastId,
            Key = Secret.NewKey(),
            RaterId = rater,
            Kind = kind,
            Subject = subject,
            Swapped = swapped,
            State = QueryState.Open,
            IssuedAt = now,
        });
        var query = new Query(row, schedule, item);
        byKey.Add(row.Key, query);
        Hold(query, now, first);
        return query;
    }

    /// <summary>A rater's query, whatever became of it.</summary>
    /// <exception cref="Refusal">There is none of this key for this rater.</exception>
    public Query Find(int rater, string key) =>
        byKey.TryGetValue(key, out Query? query) && query.Row.RaterId == rater ? query
            : throw new Refusal(HttpStatusCode.NotFound, "There is no such query for you; reload the page.");

    /// <inheritdoc cref="Find(int, string)"/>
    public Query Find(int rater, QueryKind kind, string key) =>
        Find(rater, key) is var query && query.Row.Kind == kind ? query
            : throw new Refusal(HttpStatusCode.NotFound, "The query is of the other page; reload this one.");

    /// <summary>Puts an answered query away.</summary>
    /// <exception cref="Refusal">The lease ran out, and others do the work; or it was undone.</exception>
    public void Answer(Query query, DateTimeOffset now, int? elapsedMs, bool counts, Journal journal)
    {
        QueryRow row = query.Row;
        bool late = row.State == QueryState.Expired && query.Schedule.IsOpenTo(query.Item, row.RaterId);
        if (row.State != QueryState.Open && !late)
            throw new Refusal(HttpStatusCode.Gone, "You were away for long, and this query went to someone else. Here is the next.");
        Release(query);
        row.State = QueryState.Answered;
        row.AnsweredAt = now;
        row.ElapsedMs = elapsedMs;
        journal.Change(row);
        Of(answered, row).Add(query);
        // Whoever holds the work can have judged it already: labels are imported too.
        query.Schedule.Change(query.Item, item => item.Done += item.Judges.Add(row.RaterId) && counts ? 1 : 0);
    }

    /// <summary>The answer that a rater would undo now; null where there is none.</summary>
    public Query? LastAnswered(int rater, QueryKind kind) =>
        answered.GetValueOrDefault((rater, kind)) is { Count: > 0 } list ? list[^1] : null;

    /// <summary>Takes the last answer back and asks the same again, before anything else.</summary>
    public Query Undo(Query query, DateTimeOffset now, bool counts, Journal journal)
    {
        QueryRow row = query.Row;
        Of(answered, row).Remove(query);
        row.State = QueryState.Undone;
        journal.Change(row);
        query.Schedule.Change(query.Item, item => item.Done -= item.Judges.Remove(row.RaterId) && counts ? 1 : 0);
        return Issue(row.RaterId, row.Kind, query.Schedule, query.Item, row.Subject, row.Swapped, now, first: true, journal);
    }

    /// <summary>A rater's page is still there: its leases go on.</summary>
    public void Renew(int rater, DateTimeOffset now)
    {
        foreach (QueryKind kind in Enum.GetValues<QueryKind>())
        {
            foreach (Query query in Open(rater, kind))
                query.LeaseEnds = now + lease;
        }
    }

    /// <summary>Takes back what is leased to pages that are not heard of any more.</summary>
    public void Expire(DateTimeOffset now, Journal journal)
    {
        foreach (Query query in open.Values.SelectMany(q => q).Where(q => q.LeaseEnds > now + lease))
            query.LeaseEnds = now + lease;      // the clock was set back, and leases are not longer for it
        TakeBack(q => q.LeaseEnds <= now, journal);
    }

    /// <summary>Takes back all that a rater holds.</summary>
    public void TakeBack(int rater, Journal journal) => TakeBack(q => q.Row.RaterId == rater, journal);

    void TakeBack(Predicate<Query> which, Journal journal)
    {
        foreach (Query query in open.Values.SelectMany(q => q).Where(q => which(q)).ToArray())
        {
            Release(query);
            query.Row.State = QueryState.Expired;
            journal.Change(query.Row);
        }
    }

    void Hold(Query query, DateTimeOffset now, bool first)
    {
        query.LeaseEnds = now + lease;
        List<Query> held = Of(open, query.Row);
        held.Insert(first ? 0 : held.Count, query);
        query.Schedule.Change(query.Item, item => item.Holders.Add(query.Row.RaterId));
    }

    void Release(Query query)
    {
        if (Of(open, query.Row).Remove(query))
            query.Schedule.Change(query.Item, item => item.Holders.Remove(query.Row.RaterId));
    }

    static List<Query> Of(Dictionary<(int Rater, QueryKind Kind), List<Query>> lists, QueryRow row)
    {
        if (!lists.TryGetValue((row.RaterId, row.Kind), out List<Query>? list))
            lists.Add((row.RaterId, row.Kind), list = []);
        return list;
    }
}
