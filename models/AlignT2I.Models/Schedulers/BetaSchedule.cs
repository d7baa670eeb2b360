namespace AlignT2I.Models.Schedulers;

/// <summary>The variances that diffusion adds, step by step.</summary>
internal static class BetaSchedule
{
    public const string Linear = "linear", ScaledLinear = "scaled_linear";

    /// <summary>The betas of a configuration: its own list, or equal steps between the first and the last or their square roots.</summary>
    public static double[] Of(SchedulerConfig config)
    {
        if (config.TrainedBetas is { } trained) return trained;
        bool scaled = config.BetaSchedule == ScaledLinear;
        double first = scaled ? Math.Sqrt(config.BetaStart) : config.BetaStart;
        double last = scaled ? Math.Sqrt(config.BetaEnd) : config.BetaEnd;
        double[] result = Line.Between(first, last, config.NumTrainTimesteps);
        return scaled ? Array.ConvertAll(result, root => root * root) : result;
    }
}
