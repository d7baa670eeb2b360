using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Studies;

/// <summary>How a study asks.</summary>
internal sealed record StudyOptions
{
    /// <summary>Different raters that judge each image.</summary>
    public int RatersPerImage { get; init; } = 3;

    /// <summary>Different raters that judge each prompt of a comparison (Lee et al. 2023, section 4.2).</summary>
    public int RatersPerComparison { get; init; } = 9;

    /// <summary>Each so many queries of a rater, one with a gold question comes, as long as there are any.</summary>
    public int GoldInterval { get; init; } = 10;

    /// <summary>How long a query waits for a page that is not heard of.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="UsageException">A value is out of range.</exception>
    public void Validate()
    {
        if (RatersPerImage is < 1 or > 1000)
            throw new UsageException($"--raters-per-image is {RatersPerImage}; expected 1 to 1000.");
        if (RatersPerComparison is < 1 or > 1000)
            throw new UsageException($"--raters-per-comparison is {RatersPerComparison}; expected 1 to 1000.");
        if (GoldInterval < 2)
            throw new UsageException($"--gold-interval is {GoldInterval}; expected 2 or more.");
        if (Lease < TimeSpan.FromSeconds(1) || Lease > TimeSpan.FromDays(1))
            throw new UsageException($"--lease is {Lease.TotalSeconds} seconds; expected 1 to 86400.");
    }
}
