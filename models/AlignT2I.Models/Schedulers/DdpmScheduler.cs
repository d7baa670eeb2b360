using AlignT2I.Engine;

namespace AlignT2I.Models.Schedulers;

/// <summary>Denoising diffusion probabilistic models: ancestral sampling with the posterior's variance.</summary>
/// <remarks>Ho et al. 2020, arXiv:2006.11239, eqs. 7 and 15. Semantics of diffusers' DDPMScheduler with <c>fixed_small</c>
/// variance.</remarks>
/// <param name="config">The noise schedule.</param>
public sealed class DdpmScheduler(SchedulerConfig config) : Scheduler(config)
{
    internal const string ClassName = "DDPMScheduler";
    const double LeastVariance = 1e-20;

    /// <inheritdoc/>
    public override bool TakesNoise => true;

    private protected override Tensor Advance(Tensor noisePrediction, int timestep, Tensor sample, Tensor? noise)
    {
        double alpha = Alpha(timestep, endsAtOne: true), alphaPrevious = Alpha(timestep - Stride, endsAtOne: true);
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
