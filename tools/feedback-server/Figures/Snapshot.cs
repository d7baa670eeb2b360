using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.FeedbackServer.Studies;

namespace AlignT2I.FeedbackServer.Figures;

/// <summary>What the figures are computed from, copied out of the study so that raters need not wait for the arithmetic.</summary>
internal sealed record Snapshot(
    RaterRow[] Raters, LabelRow[] Labels, IReadOnlyDictionary<int, ImageRow> Images, QueryRow[] Answered, VoteRow[] Votes,
    (ComparisonRow Comparison, PairRow[] Pairs)[] Comparisons)
{
    public static Snapshot Of(Study study) => new(
        [.. study.People.All], [.. study.Labelling.Labels], study.Gallery.All.ToDictionary(i => i.Id),
        [.. study.Queries.All.Select(q => q.Row).Where(q => q.State == QueryState.Answered)], [.. study.Comparing.Votes],
        [.. study.Comparing.Comparisons.Select(c => (c, study.Comparing.Pairs(c.Id).ToArray()))]);

    /// <summary>The labels of raters who are not excluded.</summary>
    public IEnumerable<LabelRow> Counting()
    {
        HashSet<int> excluded = [.. Raters.Where(r => r.Status == RaterStatus.Excluded).Select(r => r.Id)];
        return Labels.Where(l => !excluded.Contains(l.RaterId));
    }
}
