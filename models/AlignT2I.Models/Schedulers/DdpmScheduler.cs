using AlignT2I.Engine;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Schedulers;

/// <summary>Denoising diffusion probabilistic models: ancestral sampling with the posterior's variance.</summary>
/// <remarks>Ho et al. 2020, arXiv:2006.11239, eqs. 7 and 15. Semantics of diffusers' DDPMScheduler with <c>fixed_small</c>
/// variance.</remarks>
/// <param name="config">The noise schedule.</param>
public sealed class DdpmScheduler(SchedulerConfig config) : DiffusionScheduler(config)
{
    const double LeastVariance = 1e-20;

    /// <inheritdoc/>
    public override bool TakesNoise => true;

    internal static void Check(SchedulerConfig config, ConfigCheck check)
    {
        CheckClipping(config, check);
        check.Unsupported(config.OtherKeys, ("variance_type", "\"fixed_small\""));
    }

    /// <summary>Latents have no bounds to be clipped to.</summary>
    internal static void CheckClipping(SchedulerConfig config, ConfigCheck check)
    {
        check.Equal("clip_sample", config.ClipSample, false);
        check.Unsupported(config.OtherKeys, ("thresholding", "false"));
    }

    private protected override Tensor Advance(Tensor noisePrediction, int step, Tensor sample, Tensor? noise)
    {
        int timestep = Timestep(step), next = step + 1 < Timesteps.Count ? Timestep(step + 1) : -1;
        double alpha = Alpha(timestep, endsAtOne: true), alphaPrevious = Alpha(next, endsAtOne: true);
        double alphaStep = alpha / alphaPrevious, betaStep = 1 - alphaStep;
        // x_0 = (x_t - sqrt(1 - alpha) e) / sqrt(alpha);  mean = x0Weight x_0 + xWeight x_t
        double x0Weight = Math.Sqrt(alphaPrevious) * betaStep / (1 - alpha);
        double xWeight = Math.Sqrt(alphaStep) * (1 - alphaPrevious) / (1 - alpha);
        double root = Math.Sqrt(alpha);
        Tensor mean = F.Add(F.Affine(sample, xWeight + x0Weight / root),
            F.Affine(noisePrediction, -x0Weight * Math.Sqrt(1 - alpha) / root));
        if (timestep == 0) return mean;
        double variance = Math.Max((1 - alphaPrevious) / (1 - alpha) * betaStep, LeastVariance);
        return F.Add(mean, F.Affine(noise!, Math.Sqrt(variance)));
    }
}
