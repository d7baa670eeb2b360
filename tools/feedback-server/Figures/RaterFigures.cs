using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Storage;

namespace AlignT2I.FeedbackServer.Figures;

/// <summary>One rater's work.</summary>
/// <param name="IsInvited">Whether the rater can sign in; false for names that came with imported labels.</param>
/// <param name="MedianSeconds">Median time over a labelling query; null where none was measured.</param>
/// <param name="GoldRight">Gold questions answered rightly.</param>
/// <param name="GoldAnswered">Gold questions answered, skips left out.</param>
/// <param name="Votes">Answers to comparisons.</param>
internal sealed record RaterFigures(
    int Id, string Name, bool IsAdministrator, bool IsInvited, RaterStatus Status, int Images, int Good, int Bad, int Skip,
    double? MedianSeconds, int GoldRight, int GoldAnswered, int Votes)
{
    public static IReadOnlyList<RaterFigures> Of(Snapshot snapshot)
    {
        ILookup<int, LabelRow> labels = snapshot.Labels.ToLookup(l => l.RaterId);
        ILookup<int, int> times = snapshot.Answered
            .Where(q => q is { Kind: QueryKind.Label, ElapsedMs: not null }).ToLookup(q => q.RaterId, q => q.ElapsedMs!.Value);
        ILookup<int, VoteRow> votes = snapshot.Votes.ToLookup(v => v.RaterId);
        return
        [
            .. snapshot.Raters.Select(rater =>
            {
                LabelRow[] own = [.. labels[rater.Id]];
                LabelRow[] gold = [.. own.Where(l => l.Label != FeedbackLabel.Skip && snapshot.Images[l.ImageId].Gold is not null)];
                return new RaterFigures(
                    rater.Id, rater.Name, rater.IsAdministrator, rater.TokenHash is not null, rater.Status, own.Length,
                    own.Count(l => l.Label == FeedbackLabel.Good), own.Count(l => l.Label == FeedbackLabel.Bad),
                    own.Count(l => l.Label == FeedbackLabel.Skip), Median([.. times[rater.Id].Order()]) / 1000,
                    gold.Count(l => l.Label == snapshot.Images[l.ImageId].Gold), gold.Length, votes[rater.Id].Count());
            }),
        ];
    }

    static double? Median(int[] sorted) => sorted.Length == 0 ? null : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2.0;
}
