namespace AlignT2I.Models.Schedulers;

/// <summary>A sampler that walks from one timestep of training to another, on samples of variance 1.</summary>
/// <param name="config">The noise schedule.</param>
public abstract class DiffusionScheduler(SchedulerConfig config) : Scheduler(config)
{
    /// <summary>Timesteps between two inference steps: T / steps.</summary>
    private protected int Stride { get; private set; }

    private protected override double[] Arrange(int numInferenceSteps)
    {
        double[] timesteps = Array.ConvertAll(TimestepSpacing.Choose(Config, Spacing, numInferenceSteps), Math.Round);
        Stride = Config.NumTrainTimesteps / numInferenceSteps;
        return timesteps;
    }

    /// <summary>The timestep of a step.</summary>
    private protected int Timestep(int step) => (int)Timesteps[step];

    /// <summary>alphasCumprod at a timestep; below 0, where sampling ends: 1, or that of timestep 0.</summary>
    private protected double Alpha(int timestep, bool endsAtOne) =>
        timestep >= 0 ? AlphasCumprod[timestep] : endsAtOne ? 1 : AlphasCumprod[0];
}
