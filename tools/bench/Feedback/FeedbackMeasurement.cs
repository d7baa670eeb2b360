namespace AlignT2I.Bench.Feedback;

/// <summary>What raters waited for.</summary>
/// <param name="Name">The requests.</param>
/// <param name="Store">SQLite or PostgreSQL.</param>
/// <param name="Raters">Raters at work at the same time.</param>
/// <param name="Requests">Requests measured.</param>
/// <param name="PerSecond">Requests a second.</param>
/// <param name="MsMedian">Median time in milliseconds; likewise the others.</param>
internal sealed record FeedbackMeasurement(
    string Name, string Store, int Raters, int Requests, double PerSecond, double MsMedian, double MsP95, double MsP99, double MsMax)
{
    public static FeedbackMeasurement Of(string name, string store, int raters, double seconds, IReadOnlyList<double> times)
    {
        double[] sorted = [.. times.Order()];
        double At(double share) => Math.Round(sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))], 2);
        return new FeedbackMeasurement(
            name, store, raters, sorted.Length, Math.Round(sorted.Length / seconds, 1), At(0.5), At(0.95), At(0.99),
            Math.Round(sorted[^1], 2));
    }
}
