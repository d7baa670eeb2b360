using AlignT2I.Engine;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Schedulers;

/// <summary>Euler's method on the ordinary differential equation of diffusion: straight along the noise to the next sigma.</summary>
/// <remarks>
/// Karras et al. 2022, arXiv:2206.00364, algorithm 2 without churn: dx / dsigma = noise. The sample is image + sigma noise; the network
/// reads it divided by sqrt(sigma^2 + 1). Semantics of diffusers' EulerDiscreteScheduler.
/// </remarks>
/// <param name="config">The noise schedule.</param>
public class EulerDiscreteScheduler(SchedulerConfig config) : SigmaScheduler(config)
{
    /// <summary>The deviation of the first sample's noise; with leading spacing the sample has an image of variance 1 as well.</summary>
    public override double InitNoiseSigma => Sigmas.Count == 0 || Spacing != TimestepSpacing.Leading
        ? Sigmas.FirstOrDefault(1) : Math.Sqrt(Sigmas[0] * Sigmas[0] + 1);

    internal static new void Check(SchedulerConfig config, ConfigCheck check)
    {
        SigmaScheduler.Check(config, check);
        check.Unsupported(config.OtherKeys, ("interpolation_type", "\"linear\""), ("timestep_type", "\"discrete\""));
    }

    private protected sealed override double[] Choose(int numInferenceSteps) =>
        TimestepSpacing.Choose(Config, Spacing, numInferenceSteps);

    private protected sealed override Tensor Scale(int step, Tensor sample) =>
        F.Affine(sample, 1 / Math.Sqrt(Sigmas[step] * Sigmas[step] + 1));

    private protected override Tensor Advance(Tensor noisePrediction, int step, Tensor sample, Tensor? noise) =>
        F.Add(sample, F.Affine(noisePrediction, Sigmas[step + 1] - Sigmas[step]));
}
