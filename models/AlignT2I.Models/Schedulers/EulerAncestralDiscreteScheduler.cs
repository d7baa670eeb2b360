using AlignT2I.Engine;

namespace AlignT2I.Models.Schedulers;

/// <summary>Euler's method with fresh noise: a step below the next sigma, then noise back up to it.</summary>
/// <remarks>
/// The variance added is that of the posterior of DDPM (Ho et al. 2020, eq. 7) in terms of sigma. Semantics of diffusers'
/// EulerAncestralDiscreteScheduler, after k-diffusion's <c>sample_euler_ancestral</c>.
/// </remarks>
/// <param name="config">The noise schedule.</param>
public sealed class EulerAncestralDiscreteScheduler(SchedulerConfig config) : EulerDiscreteScheduler(config)
{
    /// <inheritdoc/>
    public override bool TakesNoise => true;

    private protected override Tensor Advance(Tensor noisePrediction, int step, Tensor sample, Tensor? noise)
    {
        double from = Sigmas[step], to = Sigmas[step + 1];
        double up = to / from * Math.Sqrt(from * from - to * to), down = to * to / from;   // up^2 + down^2 = to^2
        return F.Add(F.Add(sample, F.Affine(noisePrediction, down - from)), F.Affine(noise!, up));
    }
}
