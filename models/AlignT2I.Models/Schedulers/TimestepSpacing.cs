using AlignT2I.Files;

namespace AlignT2I.Models.Schedulers;

/// <summary>Which of the T timesteps of training an inference visits.</summary>
/// <remarks>Lin et al. 2023, arXiv:2305.08891, table 2, as diffusers' <c>timestep_spacing</c>.</remarks>
internal static class TimestepSpacing
{
    /// <summary>Multiples of T / steps, shifted by <c>steps_offset</c>: the first timesteps of equal parts.</summary>
    public const string Leading = "leading";

    /// <summary>Equal steps from T - 1 to 0, both visited.</summary>
    public const string Linspace = "linspace";

    /// <summary>The last timesteps of equal parts.</summary>
    public const string Trailing = "trailing";

    /// <summary>Timesteps in descending order; those of <see cref="Linspace"/> may lie between two integers.</summary>
    /// <param name="config">The schedule.</param>
    /// <param name="spacing">One of the three names.</param>
    /// <param name="steps">How many.</param>
    /// <param name="dropped">How many more are chosen at the end and left out again.</param>
    /// <exception cref="UsageException">There are not that many timesteps.</exception>
    public static double[] Choose(SchedulerConfig config, string spacing, int steps, int dropped = 0)
    {
        int total = config.NumTrainTimesteps, offset = spacing == Leading ? config.StepsOffset : 0, points = steps + dropped;
        if (steps < 1 || points > total || (points - 1) * (total / points) + offset >= total)
            throw new UsageException($"{steps} inference steps do not fit a schedule of {total} timesteps with timestep_spacing "
                + $"{spacing} and steps_offset {config.StepsOffset}; choose from 1 to {total - offset - dropped} steps.");
        double[] timesteps = spacing switch
        {
            Leading => [.. Enumerable.Range(0, points).Reverse().Select(i => (double)(i * (total / points) + offset))],
            Linspace => [.. Line.Between(0, total - 1, points).Reverse()],
            _ => [.. Enumerable.Range(0, points).Select(i => Math.Round(total - i * ((double)total / points)) - 1)],
        };
        return timesteps[..steps];
    }
}
