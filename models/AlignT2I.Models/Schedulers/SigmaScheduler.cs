using AlignT2I.Engine;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Schedulers;

/// <summary>A sampler that counts noise by sigma, its standard deviation beside a clean image of unit scale.</summary>
/// <remarks>
/// Karras et al. 2022, arXiv:2206.00364: sigma = sqrt((1 - alphasCumprod) / alphasCumprod), on a line between two timesteps.
/// </remarks>
/// <param name="config">The noise schedule.</param>
public abstract class SigmaScheduler(SchedulerConfig config) : Scheduler(config)
{
    /// <summary>The sigma of each step's sample, and 0 where sampling ends; set by <see cref="Scheduler.SetTimesteps"/>.</summary>
    public IReadOnlyList<double> Sigmas { get; private set; } = [];

    private protected override string DefaultSpacing => TimestepSpacing.Linspace;

    internal static void Check(SchedulerConfig config, ConfigCheck check) => check.Unsupported(
        config.OtherKeys, ("use_karras_sigmas", "false"), ("use_exponential_sigmas", "false"), ("use_beta_sigmas", "false"),
        ("use_flow_sigmas", "false"), ("final_sigmas_type", "\"zero\""));

    private protected sealed override double[] Arrange(int numInferenceSteps)
    {
        double[] timesteps = Choose(numInferenceSteps);
        double[] sigmas = [.. AlphasCumprod.Select(alpha => Math.Sqrt((1 - alpha) / alpha))];
        Sigmas = [.. timesteps.Select(t => Line.At(sigmas, t)), 0];
        return timesteps;
    }

    /// <summary>The timestep of each step, and a fresh start.</summary>
    private protected abstract double[] Choose(int numInferenceSteps);
}
