using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Storage;

namespace AlignT2I.FeedbackServer.Studies;

/// <summary>Human evaluation: two anonymous sets of images for one prompt, which is better in alignment and which in fidelity.</summary>
/// <remarks>Lee et al. 2023, section 4.2 and Fig. 3.</remarks>
internal sealed class Comparing(People people, QueryBook queries)
{
    readonly SortedDictionary<int, ComparisonRow> comparisons = [];
    readonly Dictionary<int, Schedule> schedules = [];
    readonly Dictionary<int, PairRow> pairs = [];
    readonly Dictionary<(int Rater, int Pair), VoteRow> votes = [];
    long lastVote;

    public IReadOnlyCollection<ComparisonRow> Comparisons => comparisons.Values;

    /// <summary>The pairs of a comparison.</summary>
    public IEnumerable<PairRow> Pairs(int comparison) => pairs.Values.Where(p => p.ComparisonId == comparison).OrderBy(p => p.Id);

    /// <summary>The votes that count, in the order in which they were given.</summary>
    public IEnumerable<VoteRow> Votes => votes.Values.Where(v => people.Counts(v.RaterId)).OrderBy(v => v.Id);

    public Schedule ScheduleOf(int comparison) => schedules[comparison];

    public ComparisonRow? Find(int comparison) => comparisons.GetValueOrDefault(comparison);

    /// <summary>Takes a stored vote in; to be called in the order of ids, before the comparisons.</summary>
    public void Restore(VoteRow row)
    {
        lastVote = Math.Max(lastVote, row.Id);
        if (row.IsUndo)
            votes.Remove((row.RaterId, row.PairId));
        else
            votes[(row.RaterId, row.PairId)] = row;
    }

    public void Restore(ComparisonRow comparison, IEnumerable<PairRow> itsPairs)
    {
        comparisons.Add(comparison.Id, comparison);
        Schedule schedule = schedules[comparison.Id] = new Schedule(comparison.Raters);
        foreach (PairRow pair in itsPairs)
        {
            pairs.Add(pair.Id, pair);
            var item = new WorkItem(pair.Id);
            Recount(item);
            schedule.Add(item);
        }
    }

    /// <summary>Starts a comparison.</summary>
    public ComparisonRow Start(
        string first, string second, int raters, IReadOnlyList<(string Prompt, string[] First, string[] Second)> content,
        DateTimeOffset now, Journal journal)
    {
        int id = comparisons.Count == 0 ? 1 : comparisons.Keys.Last() + 1;
        int pairId = pairs.Count == 0 ? 1 : pairs.Keys.Max() + 1;
        ComparisonRow comparison = journal.Add(new ComparisonRow
        {
            Id = id,
            First = first,
            Second = second,
            Raters = raters,
            IsOpen = true,
            CreatedAt = now,
        });
        PairRow[] rows =
        [
            .. content.Select((c, i) => new PairRow
            {
                Id = pairId + i, ComparisonId = id, Prompt = c.Prompt,
                FirstImages = string.Join('\n', c.First), SecondImages = string.Join('\n', c.Second),
            }),
        ];
        foreach (PairRow row in rows)
            journal.Add(row);
        Restore(comparison, rows);
        return comparison;
    }

    /// <summary>Opens or closes a comparison; a closed one is not handed out.</summary>
    public void SetOpen(ComparisonRow comparison, bool isOpen, Journal journal)
    {
        comparison.IsOpen = isOpen;
        journal.Change(comparisons[comparison.Id]);
    }

    /// <summary>The work of a stored query.</summary>
    public (Schedule Schedule, WorkItem Item) WorkOf(QueryRow row)
    {
        PairRow pair = Pair(row);
        Schedule schedule = schedules[pair.ComparisonId];
        return (schedule, schedule.Find(pair.Id)!);
    }

    public PairRow Pair(QueryRow row) => pairs[int.Parse(row.Subject, CultureInfo.InvariantCulture)];

    /// <summary>Files of the left and of the right set as the rater sees them.</summary>
    public (string[] Left, string[] Right) Sides(QueryRow row)
    {
        PairRow pair = Pair(row);
        string[] first = pair.FirstImages.Split('\n'), second = pair.SecondImages.Split('\n');
        return row.Swapped ? (second, first) : (first, second);
    }

    /// <summary>Leases work to a rater until a query is shown and another waits behind it.</summary>
    public void Fill(RaterRow rater, DateTimeOffset now, Journal journal)
    {
        foreach (ComparisonRow comparison in comparisons.Values.Where(c => c.IsOpen))
        {
            Schedule schedule = schedules[comparison.Id];
            while (queries.Open(rater.Id, QueryKind.Compare).Count < 2 && schedule.Next(rater.Id) is { } item)
            {
                bool swapped = RandomNumberGenerator.GetInt32(2) == 1;
                string subject = item.Id.ToString(CultureInfo.InvariantCulture);
                queries.Issue(rater.Id, QueryKind.Compare, schedule, item, subject, swapped, now, first: false, journal);
            }
        }
    }

    /// <summary>Stores a rater's vote, given as left (first) and right (second). The same vote sent again changes nothing.</summary>
    /// <exception cref="Refusal">It is no answer to a query of this rater, or comes too late.</exception>
    public void Answer(
        RaterRow rater, string key, Preference alignment, Preference fidelity, int? elapsedMs, DateTimeOffset now, Journal journal)
    {
        Query query = queries.Find(rater.Id, QueryKind.Compare, key);
        (alignment, fidelity) = (Turned(alignment, query.Row.Swapped), Turned(fidelity, query.Row.Swapped));
        int pair = Pair(query.Row).Id;
        if (query.Row.State == QueryState.Answered)
        {
            if (votes.GetValueOrDefault((rater.Id, pair)) is not { } vote || vote.Alignment != alignment || vote.Fidelity != fidelity)
                throw new Refusal(HttpStatusCode.Conflict,
                    "This query is answered already; go back to it with Undo to change the answer.");
            return;
        }
        queries.Answer(query, now, elapsedMs, people.Counts(rater.Id), journal);
        Restore(journal.Add(NewRow(query.Row, rater.Id, pair, alignment, fidelity, isUndo: false, now)));
    }

    /// <summary>Takes a rater's last vote back and asks the same again; nothing where it is undone already.</summary>
    /// <exception cref="Refusal">It is not the last vote of this rater.</exception>
    public void Undo(RaterRow rater, string key, DateTimeOffset now, Journal journal)
    {
        Query query = queries.Find(rater.Id, QueryKind.Compare, key);
        if (query.Row.State == QueryState.Undone)
            return;
        if (queries.LastAnswered(rater.Id, QueryKind.Compare) != query)
            throw new Refusal(HttpStatusCode.Conflict, "Only the last answer can be undone; reload the page.");
        VoteRow vote = votes[(rater.Id, Pair(query.Row).Id)];
        Restore(journal.Add(NewRow(query.Row, rater.Id, vote.PairId, vote.Alignment, vote.Fidelity, isUndo: true, now)));
        queries.Undo(query, now, people.Counts(rater.Id), journal);
    }

    /// <summary>Counts votes again after a rater was excluded or taken back.</summary>
    public void Recount()
    {
        foreach (Schedule schedule in schedules.Values)
        {
            foreach (WorkItem item in schedule.Items.ToArray())
                schedule.Change(item, Recount);
        }
    }

    void Recount(WorkItem item)
    {
        item.Judges.Clear();
        item.Judges.UnionWith(people.All.Select(r => r.Id).Where(rater => votes.ContainsKey((rater, item.Id))));
        item.Done = item.Judges.Count(people.Counts);
    }

    VoteRow NewRow(QueryRow query, int rater, int pair, Preference alignment, Preference fidelity, bool isUndo, DateTimeOffset now) =>
        new()
        {
            Id = lastVote + 1,
            QueryId = query.Id,
            RaterId = rater,
            PairId = pair,
            Alignment = alignment,
            Fidelity = fidelity,
            IsUndo = isUndo,
            Time = now,
        };

    static Preference Turned(Preference preference, bool swapped) => preference switch
    {
        Preference.First when swapped => Preference.Second,
        Preference.Second when swapped => Preference.First,
        _ => preference,
    };
}
