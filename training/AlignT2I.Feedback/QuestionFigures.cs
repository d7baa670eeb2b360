namespace AlignT2I.Feedback;

/// <summary>The votes on one question of a comparison (Lee et al. 2023, Fig. 3).</summary>
/// <param name="First">Votes for the first model.</param>
/// <param name="Tie">Votes for neither.</param>
/// <param name="Second">Votes for the second model.</param>
/// <param name="FirstHistogram">How many prompts have 0, 1, … votes for the first model, among those that all raters have judged.</param>
/// <param name="SecondHistogram">The same of the second model.</param>
/// <param name="ClearFirst">Such prompts where at least seven in nine prefer the first model.</param>
/// <param name="ClearTie">Such prompts where at least seven in nine say neither.</param>
/// <param name="ClearSecond">Such prompts where at least seven in nine prefer the second model.</param>
/// <param name="Undecided">Such prompts without a majority of seven in nine.</param>
public sealed record QuestionFigures(
    int First, int Tie, int Second, IReadOnlyList<int> FirstHistogram, IReadOnlyList<int> SecondHistogram,
    int ClearFirst, int ClearTie, int ClearSecond, int Undecided)
{
    /// <summary>Counts the votes.</summary>
    /// <param name="raters">Votes that each prompt is to get.</param>
    /// <param name="votes">The votes of each prompt.</param>
    public static QuestionFigures Of(int raters, IReadOnlyList<Preference[]> votes)
    {
        int clear = (7 * raters + 8) / 9;       // 7 of 9, the same share of other numbers
        Preference[][] complete = [.. votes.Where(v => v.Length >= raters)];
        int Clear(Preference preference) => complete.Count(v => Count(v, preference) >= clear);
        int[] Histogram(Preference preference) =>
            [.. Enumerable.Range(0, raters + 1).Select(n => complete.Count(v => Math.Min(Count(v, preference), raters) == n))];
        (int first, int tie, int second) = (Clear(Preference.First), Clear(Preference.Tie), Clear(Preference.Second));
        return new QuestionFigures(
            votes.Sum(v => Count(v, Preference.First)), votes.Sum(v => Count(v, Preference.Tie)),
            votes.Sum(v => Count(v, Preference.Second)),
            Histogram(Preference.First), Histogram(Preference.Second), first, tie, second, complete.Length - first - tie - second);
    }

    static int Count(Preference[] votes, Preference preference) => votes.Count(v => v == preference);
}
