using AlignT2I.Engine;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Schedulers;

/// <summary>Pseudo numerical methods for diffusion models: DDIM on noise extrapolated from the last four predictions (PLMS).</summary>
/// <remarks>
/// Liu et al. 2022, arXiv:2202.09778, eqs. 9 and 12. Semantics of diffusers' PNDMScheduler with <c>skip_prk_steps</c>: the second
/// timestep comes twice, as the first step is made again with the average of its two ends.
/// </remarks>
/// <param name="config">The noise schedule.</param>
public sealed class PndmScheduler(SchedulerConfig config) : DiffusionScheduler(config)
{
    const int Order = 4;

    readonly List<Tensor> predictions = [];     // the last ones, newest at the end
    Tensor? firstSample;

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> History => firstSample is null ? predictions : [.. predictions, firstSample];

    internal static void Check(SchedulerConfig config, ConfigCheck check) => check.Equal("skip_prk_steps", config.SkipPrkSteps, true);

    private protected override double[] Arrange(int numInferenceSteps)
    {
        double[] descending = base.Arrange(numInferenceSteps);
        predictions.Clear();
        firstSample = null;
        return descending.Length == 1 ? descending : [.. descending[..2], .. descending[1..]];
    }

    private protected override Tensor Advance(Tensor noisePrediction, int step, Tensor sample, Tensor? noise)
    {
        int from = Timestep(step), to = from - Stride;
        if (step == 1)
        {
            Tensor average = F.Affine(F.Add(noisePrediction, predictions[^1]), 0.5);
            Tensor again = Move(firstSample!, average, from + Stride, from);
            firstSample = null;
            return again;
        }
        if (predictions.Count == Order) predictions.RemoveAt(0);
        predictions.Add(noisePrediction);
        if (step == 0) firstSample = sample;
        Tensor extrapolated = predictions.Count switch
        {
            1 => noisePrediction,
            2 => Combine(3 / 2.0, -1 / 2.0),
            3 => Combine(23 / 12.0, -16 / 12.0, 5 / 12.0),
            _ => Combine(55 / 24.0, -59 / 24.0, 37 / 24.0, -9 / 24.0),
        };
        return Move(sample, extrapolated, from, to);
    }

    /// <summary>Weighted sum of the predictions, newest first.</summary>
    Tensor Combine(params ReadOnlySpan<double> weights)
    {
        Tensor sum = F.Affine(predictions[^1], weights[0]);
        for (int i = 1; i < weights.Length; i++)
            sum = F.Add(sum, F.Affine(predictions[^(i + 1)], weights[i]));
        return sum;
    }

    /// <summary>Equation 9: the transfer from one timestep to another along a noise.</summary>
    Tensor Move(Tensor sample, Tensor noise, int from, int to)
    {
        double alpha = Alpha(from, endsAtOne: false), alphaTo = Alpha(to, Config.SetAlphaToOne);
        double denominator = alpha * Math.Sqrt(1 - alphaTo) + Math.Sqrt(alpha * (1 - alpha) * alphaTo);
        return F.Add(F.Affine(sample, Math.Sqrt(alphaTo / alpha)), F.Affine(noise, (alpha - alphaTo) / denominator));
    }
}
