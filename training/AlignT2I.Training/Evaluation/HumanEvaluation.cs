using AlignT2I.Feedback;
using AlignT2I.Files;

namespace AlignT2I.Training.Evaluation;

/// <summary>Counts people's votes between models.</summary>
public static class HumanEvaluation
{
    const int MostRaters = 1000;

    /// <summary>Reads a file of votes, as <c>feedback-server export --votes</c> writes it.</summary>
    /// <param name="path">JSON Lines of <see cref="ComparisonVote"/>; where a rater answers for a prompt again,
    /// the last line counts.</param>
    /// <returns>One for each pair of models, in the order of the file.</returns>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It holds no vote, or a line is none; the line number is in the message.</exception>
    public static IReadOnlyList<HumanComparison> Read(string path)
    {
        List<ComparisonVote> votes = [];
        foreach (JsonLine<ComparisonVote> line in JsonLines.Read(path, FeedbackJson.Default.ComparisonVote))
        {
            ComparisonVote vote = line.Value;
            if (vote.Raters is < 1 or > MostRaters || !Enum.IsDefined(vote.Alignment) || !Enum.IsDefined(vote.Fidelity))
            {
                throw new FileFormatException(
                    $"{path}:{line.Line}",
                    $"the vote is of {vote.Raters} raters, or for none of first, tie and second; expected 1 to {MostRaters}.");
            }
            votes.Add(vote);
        }
        if (votes.Count == 0)
        {
            throw new FileFormatException(
                path, "it holds no vote; write one with 'feedback-server export --votes' when raters have compared models.");
        }
        return
        [
            .. votes.GroupBy(v => (v.First, v.Second, v.Raters)).Select(comparison =>
            {
                ComparisonVote[][] prompts =
                [
                    .. comparison.GroupBy(v => (v.Prompt, v.Rater)).Select(g => g.Last()).GroupBy(v => v.Prompt).Select(g => g.ToArray()),
                ];
                int raters = comparison.Key.Raters;
                return new HumanComparison(
                    comparison.Key.First, comparison.Key.Second, raters,
                    prompts.Count(p => p.Length >= raters), prompts.Sum(p => p.Length),
                    QuestionFigures.Of(raters, [.. prompts.Select(p => p.Select(v => v.Alignment).ToArray())]),
                    QuestionFigures.Of(raters, [.. prompts.Select(p => p.Select(v => v.Fidelity).ToArray())]));
            }),
        ];
    }
}
