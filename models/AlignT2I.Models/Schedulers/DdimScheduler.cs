using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Schedulers;

/// <summary>Denoising diffusion implicit models: deterministic at eta 0, as noisy as DDPM at eta 1.</summary>
/// <remarks>Song et al. 2021, arXiv:2010.02502, eqs. 12 and 16. Semantics of diffusers' DDIMScheduler.</remarks>
public sealed class DdimScheduler : DiffusionScheduler
{
    readonly double eta;

    /// <param name="config">The noise schedule.</param>
    /// <param name="eta">Share of fresh noise, 0 to 1.</param>
    /// <exception cref="UsageException"><paramref name="eta"/> is out of range.</exception>
    public DdimScheduler(SchedulerConfig config, double eta = 0)
        : base(config) =>
        this.eta = eta is >= 0 and <= 1 ? eta : throw new UsageException(FormattableString.Invariant($"eta is {eta}; expected 0 to 1."));

    /// <inheritdoc/>
    public override bool TakesNoise => eta > 0;

    internal static void Check(SchedulerConfig config, ConfigCheck check) => DdpmScheduler.CheckClipping(config, check);

    private protected override Tensor Advance(Tensor noisePrediction, int step, Tensor sample, Tensor? noise)
    {
        int timestep = Timestep(step);
        double alpha = Alpha(timestep, endsAtOne: false), alphaPrevious = Alpha(timestep - Stride, Config.SetAlphaToOne);
        double sigma = eta * Math.Sqrt((1 - alphaPrevious) / (1 - alpha) * (1 - alpha / alphaPrevious));
        // x_0 = (x_t - sqrt(1 - alpha) e) / sqrt(alpha);  x = sqrt(alphaPrevious) x_0 + sqrt(1 - alphaPrevious - sigma^2) e + sigma noise
        double keep = Math.Sqrt(alphaPrevious / alpha);
        double direction = Math.Sqrt(Math.Max(0, 1 - alphaPrevious - sigma * sigma)) - keep * Math.Sqrt(1 - alpha);
        Tensor previous = F.Add(F.Affine(sample, keep), F.Affine(noisePrediction, direction));
        return TakesNoise ? F.Add(previous, F.Affine(noise!, sigma)) : previous;
    }
}
