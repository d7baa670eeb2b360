namespace AlignT2I.Training.Rewards;

/// <summary>A figure over several seeds.</summary>
/// <param name="Mean">Its mean.</param>
/// <param name="Spread">Its sample standard deviation; 0 of one seed.</param>
public sealed record RewardSpread(double Mean, double Spread)
{
    /// <summary>Mean and spread of values.</summary>
    public static RewardSpread Of(IReadOnlyCollection<double> values)
    {
        double mean = values.Average();
        return new RewardSpread(mean, values.Count < 2 ? 0 : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1)));
    }
}
