using AlignT2I.Engine;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Schedulers;

/// <summary>DPM-Solver++ 2M: second order in the log of the signal-to-noise ratio, by the image predicted the step before.</summary>
/// <remarks>
/// Lu et al. 2022, arXiv:2211.01095, algorithm 2: x_t = (s_t / s_s) x_s + a_t (1 - e^-h) (x_0 + (x_0 - x_0 before) / 2r), where a is
/// 1 / sqrt(sigma^2 + 1), s is a sigma, h the step in -log(sigma), r the step before over h. The first step and the last, which ends
/// without noise, are of first order. Semantics of diffusers' DPMSolverMultistepScheduler.
/// </remarks>
/// <param name="config">The noise schedule.</param>
public sealed class DpmSolverMultistepScheduler(SchedulerConfig config) : SigmaScheduler(config)
{
    Tensor? before;     // the image that the step before predicted

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> History => before is null ? [] : [before];

    internal static new void Check(SchedulerConfig config, ConfigCheck check)
    {
        SigmaScheduler.Check(config, check);
        check.Unsupported(config.OtherKeys, ("algorithm_type", "\"dpmsolver++\""), ("solver_order", "2"), ("solver_type", "\"midpoint\""),
            ("thresholding", "false"), ("use_lu_lambdas", "false"), (SchedulerConfig.LambdaMinClipped, SchedulerConfig.NoClipping));
    }

    /// <summary>Where the spacing has a timestep to end at, one more is chosen and the last left out: sampling ends at sigma 0.</summary>
    private protected override double[] Choose(int numInferenceSteps)
    {
        before = null;
        int dropped = Spacing == TimestepSpacing.Trailing ? 0 : 1;
        return Array.ConvertAll(TimestepSpacing.Choose(Config, Spacing, numInferenceSteps, dropped), Math.Round);
    }

    private protected override Tensor Advance(Tensor noisePrediction, int step, Tensor sample, Tensor? noise)
    {
        double from = Sigmas[step], to = Sigmas[step + 1], ratio = to / from;       // ratio = e^-h
        double scaleFrom = 1 / Math.Sqrt(from * from + 1), scaleTo = 1 / Math.Sqrt(to * to + 1), weight = scaleTo * (1 - ratio);
        // The sample is a (x_0 + sigma noise).
        Tensor image = F.Add(F.Affine(sample, 1 / scaleFrom), F.Affine(noisePrediction, -from));
        Tensor next = F.Affine(sample, ratio * scaleTo / scaleFrom);
        if (before is null || to == 0)
            next = F.Add(next, F.Affine(image, weight));
        else
        {
            double half = Math.Log(ratio) / Math.Log(from / Sigmas[step - 1]) / 2;      // 1 / 2r
            next = F.Add(F.Add(next, F.Affine(image, weight * (1 + half))), F.Affine(before, -weight * half));
        }
        before = image;
        return next;
    }
}
