namespace AlignT2I.Feedback;

/// <summary>How far raters agree who sort units into categories that have no order. A unit is given as its number of ratings per
/// category.</summary>
public static class NominalAgreement
{
    /// <summary>The chance that two raters of a unit, drawn at random, say the same; averaged over the units with two ratings or
    /// more.</summary>
    /// <param name="units">Ratings per category of each unit.</param>
    /// <returns>0 to 1; null where no unit has two ratings.</returns>
    public static double? Percent(IReadOnlyList<int[]> units)
    {
        double[] shares = [.. units.Where(u => u.Sum() >= 2).Select(AgreeingPairs)];
        return shares.Length == 0 ? null : shares.Average();
    }

    /// <summary>Fleiss' kappa: agreement beyond what the categories' frequencies give by chance.</summary>
    /// <remarks>Fleiss 1971, Measuring nominal scale agreement among many raters, Psychological Bulletin 76(5).</remarks>
    /// <param name="units">Ratings per category; every unit has the same number of ratings, two or more.</param>
    /// <returns>1 for perfect agreement, 0 for chance; null where there is no unit or only one category was ever used.</returns>
    /// <exception cref="ArgumentException">The units have different numbers of ratings.</exception>
    public static double? FleissKappa(IReadOnlyList<int[]> units)
    {
        if (units.Count == 0)
            return null;
        int ratings = units[0].Sum();
        if (ratings < 2 || units.Any(u => u.Sum() != ratings))
            throw new ArgumentException("Fleiss' kappa needs the same number of ratings, two or more, for every unit.", nameof(units));
        double observed = units.Average(AgreeingPairs);
        double expected = Enumerable.Range(0, units[0].Length)
            .Sum(c => Math.Pow(units.Sum(u => (double)u[c]) / (units.Count * ratings), 2));
        return expected >= 1 ? null : (observed - expected) / (1 - expected);
    }

    /// <summary>Krippendorff's alpha for nominal data: one minus observed over expected disagreement; units may have different numbers of
    /// ratings.</summary>
    /// <remarks>Krippendorff 2011, Computing Krippendorff's alpha-reliability, section C.</remarks>
    /// <param name="units">Ratings per category; units with fewer than two ratings say nothing and are left out.</param>
    /// <returns>1 for perfect agreement, 0 for chance; null where there is nothing to compare or only one category was ever
    /// used.</returns>
    public static double? KrippendorffAlpha(IReadOnlyList<int[]> units)
    {
        int[][] pairable = [.. units.Where(u => u.Sum() >= 2)];
        if (pairable.Length == 0)
            return null;
        double[] values = [.. Enumerable.Range(0, pairable[0].Length).Select(c => pairable.Sum(u => (double)u[c]))];
        double n = values.Sum(), chance = n * n - values.Sum(v => v * v);
        double agreeing = pairable.Sum(u => u.Sum(count => (double)count * (count - 1)) / (u.Sum() - 1));
        return chance == 0 ? null : 1 - (n - 1) * (n - agreeing) / chance;
    }

    /// <summary>Share of the ordered pairs of a unit's ratings that are the same.</summary>
    static double AgreeingPairs(int[] unit)
    {
        double n = unit.Sum();
        return unit.Sum(count => (double)count * (count - 1)) / (n * (n - 1));
    }
}
