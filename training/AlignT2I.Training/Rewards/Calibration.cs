namespace AlignT2I.Training.Rewards;

/// <summary>Whether rewards are the shares of good labels that they claim to be.</summary>
/// <remarks>Guo et al. 2017, arXiv:1706.04599: reliability diagram and expected calibration error.</remarks>
/// <param name="ExpectedError">Mean distance of a bin's reward from its share of good labels, weighted by labels; 0 is best.</param>
/// <param name="Bins">The ranges that have labels, of ten equal ones, rising.</param>
public sealed record Calibration(double ExpectedError, IReadOnlyList<CalibrationBin> Bins)
{
    const int Ranges = 10;

    /// <summary>Counts rewards and labels; null where there are none.</summary>
    public static Calibration? Of(IReadOnlyList<(float Reward, float Label)> judged)
    {
        if (judged.Count == 0)
            return null;
        CalibrationBin[] bins =
        [
            .. judged.GroupBy(j => Math.Clamp((int)(j.Reward * Ranges), 0, Ranges - 1)).OrderBy(g => g.Key)
                .Select(g => new CalibrationBin(g.Count(), g.Average(j => (double)j.Reward), g.Average(j => (double)j.Label))),
        ];
        return new Calibration(bins.Sum(b => b.Count * Math.Abs(b.MeanReward - b.MeanLabel)) / judged.Count, bins);
    }
}
