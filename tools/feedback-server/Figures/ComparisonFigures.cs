using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Storage;

namespace AlignT2I.FeedbackServer.Figures;

/// <summary>The results of a comparison so far.</summary>
/// <param name="Prompts">Prompts to be judged.</param>
/// <param name="Complete">Prompts that all raters have judged.</param>
internal sealed record ComparisonFigures(
    int Id, string First, string Second, int Raters, bool IsOpen, int Prompts, int Complete, int Votes,
    QuestionFigures Alignment, QuestionFigures Fidelity)
{
    public static IReadOnlyList<ComparisonFigures> Of(Snapshot snapshot)
    {
        ILookup<int, VoteRow> votes = snapshot.Votes.ToLookup(v => v.PairId);
        return
        [
            .. snapshot.Comparisons.Select(c =>
            {
                VoteRow[][] byPair = [.. c.Pairs.Select(p => votes[p.Id].ToArray())];
                int raters = c.Comparison.Raters;
                return new ComparisonFigures(
                    c.Comparison.Id, c.Comparison.First, c.Comparison.Second, raters, c.Comparison.IsOpen, c.Pairs.Length,
                    byPair.Count(v => v.Length >= raters), byPair.Sum(v => v.Length),
                    QuestionFigures.Of(raters, [.. byPair.Select(v => v.Select(x => x.Alignment).ToArray())]),
                    QuestionFigures.Of(raters, [.. byPair.Select(v => v.Select(x => x.Fidelity).ToArray())]));
            }),
        ];
    }
}
