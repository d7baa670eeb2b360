using System.Text.Json;
using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.FeedbackServer.Studies;

namespace AlignT2I.FeedbackServer.Exchange;

/// <summary>The votes of comparisons as JSON Lines, one <see cref="ComparisonVote"/> each.</summary>
internal static class VoteExport
{
    /// <summary>The votes that count, in the order in which they were given.</summary>
    public static IReadOnlyList<ComparisonVote> Of(Study study)
    {
        Dictionary<int, RaterRow> raters = study.People.All.ToDictionary(r => r.Id);
        Dictionary<int, (ComparisonRow Comparison, PairRow Pair)> pairs = study.Comparing.Comparisons
            .SelectMany(c => study.Comparing.Pairs(c.Id).Select(p => (c, p))).ToDictionary(x => x.p.Id, x => (x.c, x.p));
        return
        [
            .. study.Comparing.Votes.Select(v => (Vote: v, pairs[v.PairId].Comparison, pairs[v.PairId].Pair))
                .Select(x => new ComparisonVote(
                x.Comparison.First, x.Comparison.Second, x.Comparison.Raters, x.Pair.Prompt, raters[x.Vote.RaterId].Name,
                x.Vote.Alignment, x.Vote.Fidelity, x.Vote.Time)),
        ];
    }

    /// <summary>The lines.</summary>
    public static string Write(IEnumerable<ComparisonVote> votes) =>
        string.Concat(votes.Select(v => JsonSerializer.Serialize(v, FeedbackJson.Default.ComparisonVote) + "\n"));
}
