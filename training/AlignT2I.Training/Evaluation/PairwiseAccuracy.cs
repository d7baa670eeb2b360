namespace AlignT2I.Training.Evaluation;

/// <summary>Share of pairs of one good and one bad image of a prompt in which the good one has the
/// higher score; ties count half.</summary>
/// <param name="Seen">On evaluation prompts about objects that training has seen, 0 to 1.</param>
/// <param name="Unseen">On prompts about other objects, 0 to 1.</param>
/// <param name="SeenPairs">Number of pairs behind <paramref name="Seen"/>.</param>
/// <param name="UnseenPairs">Number of pairs behind <paramref name="Unseen"/>.</param>
public sealed record PairwiseAccuracy(double Seen, double Unseen, int SeenPairs, int UnseenPairs)
{
    /// <summary>Counts the pairs of one set of prompts.</summary>
    /// <param name="images">Each image's prompt, whether it is good, and its score.</param>
    /// <returns>Accuracy (0.5 where there is no pair) and the number of pairs.</returns>
    public static (double Accuracy, int Pairs) Count(IEnumerable<(string PromptId, bool Good, double Score)> images)
    {
        double right = 0;
        int pairs = 0;
        foreach (IGrouping<string, (string PromptId, bool Good, double Score)> prompt in images.GroupBy(i => i.PromptId))
        {
            double[] good = [.. prompt.Where(i => i.Good).Select(i => i.Score)];
            double[] bad = [.. prompt.Where(i => !i.Good).Select(i => i.Score)];
            foreach (double high in good)
            {
                foreach (double low in bad)
                {
                    right += high > low ? 1 : high == low ? 0.5 : 0;
                    pairs++;
                }
            }
        }
        return (pairs == 0 ? 0.5 : right / pairs, pairs);
    }
}
