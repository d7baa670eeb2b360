using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.Models.Schedulers;

/// <summary>A noise schedule and a way to walk it back, from noise to a sample.</summary>
/// <remarks>
/// Ho et al. 2020, arXiv:2006.11239: x_t = sqrt(alphasCumprod_t) x_0 + sqrt(1 - alphasCumprod_t) noise, the network predicts the noise.
/// An inference: <see cref="SetTimesteps"/>, noise times <see cref="InitNoiseSigma"/>, then for each step the network is called on
/// <see cref="ModelInput"/> at the step's entry of <see cref="Timesteps"/> and its output given to <see cref="Step"/>, in order.
/// Coefficients are float64; a step is of the sample's type. Semantics of diffusers (diffusers/schedulers).
/// Steps are not recorded on a tape.
/// </remarks>
public abstract class Scheduler
{
    readonly double[] alphasCumprod, betas;

    private protected Scheduler(SchedulerConfig config)
    {
        config.Validate("scheduler");
        Config = config;
        betas = Schedulers.BetaSchedule.Of(config);
        alphasCumprod = new double[betas.Length];
        double product = 1;
        for (int t = 0; t < betas.Length; t++)
            alphasCumprod[t] = product *= 1 - betas[t];
    }

    /// <summary>What the scheduler was made from.</summary>
    public SchedulerConfig Config { get; }

    /// <summary>Variance added at each of the T diffusion steps.</summary>
    public IReadOnlyList<double> BetaSchedule => betas;

    /// <summary>Products of 1 - beta up to each timestep: the share of the image in the variance of x_t.</summary>
    public IReadOnlyList<double> AlphasCumprod => alphasCumprod;

    /// <summary>The timestep of each step, set by <see cref="SetTimesteps"/>; Euler's may lie between two of training.</summary>
    public IReadOnlyList<double> Timesteps { get; private set; } = [];

    /// <summary>Standard deviation of the noise that sampling starts from; set by <see cref="SetTimesteps"/>.</summary>
    public virtual double InitNoiseSigma => 1;

    /// <summary>Whether <see cref="Step"/> takes fresh noise.</summary>
    public virtual bool TakesNoise => false;

    /// <summary>Tensors that later steps will read; keep them when a memory scope ends between steps.</summary>
    public virtual IReadOnlyList<Tensor> History => [];

    /// <summary>Makes the sampler that <see cref="SchedulerConfig.ClassName"/> names.</summary>
    /// <param name="config">The noise schedule.</param>
    /// <param name="eta">Share of fresh noise in DDIM, 0 to 1; the other samplers have no such choice.</param>
    /// <exception cref="FileFormatException">The configuration is not valid.</exception>
    /// <exception cref="UsageException"><paramref name="eta"/> is out of range, or not 0 for another sampler than DDIM.</exception>
    public static Scheduler Create(SchedulerConfig config, double eta = 0)
    {
        Sampler sampler = Sampler.OfClass(config.ClassName, "scheduler");
        return eta == 0 || sampler == Sampler.Ddim ? sampler.Make(config, eta)
            : throw new UsageException(FormattableString.Invariant(
                $"eta = {eta} is for {Sampler.Ddim.ClassName} alone, not for {config.ClassName}; leave it out."));
    }

    /// <summary>Chooses the timesteps of an inference and forgets the one before.</summary>
    /// <param name="numInferenceSteps">Number of steps, 1 to T.</param>
    /// <exception cref="UsageException">There are more steps than the schedule has timesteps.</exception>
    public void SetTimesteps(int numInferenceSteps) => Timesteps = Arrange(numInferenceSteps);

    /// <summary>What the network is given at a step: the sample, scaled where the sampler's samples are not of variance 1.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="sample">The sample, any shape, F32 or F64.</param>
    /// <returns>The shape and type of <paramref name="sample"/>.</returns>
    /// <exception cref="UsageException">There is no such step.</exception>
    public Tensor ModelInput(int step, Tensor sample)
    {
        RequireStep(step);
        using (Tape.Pause())
            return Scale(step, sample);
    }

    /// <summary>One step from x_t to the sample of the next timestep.</summary>
    /// <param name="noisePrediction">The network's output for <see cref="ModelInput"/>, of the shape and type of the sample.</param>
    /// <param name="step">The step, from 0: steps are made in order.</param>
    /// <param name="sample">x_t, any shape, F32 or F64.</param>
    /// <param name="noise">Standard normal noise of the sample's shape; needed where <see cref="TakesNoise"/>.</param>
    /// <returns>The sample of the next step, of the shape and type of <paramref name="sample"/>.</returns>
    /// <exception cref="UsageException">There is no such step, or noise is missing.</exception>
    /// <exception cref="ShapeException">The tensors differ in shape.</exception>
    public Tensor Step(Tensor noisePrediction, int step, Tensor sample, Tensor? noise = null)
    {
        RequireStep(step);
        if (TakesNoise && noise is null)
            throw new UsageException($"{Config.ClassName} adds fresh noise at every step; give Step standard normal noise.");
        if (noisePrediction.Shape != sample.Shape || (noise is not null && noise.Shape != sample.Shape))
            throw new ShapeException(
                $"Step: noisePrediction has shape {noisePrediction.Shape}, noise {noise?.Shape}; the sample has {sample.Shape}.");
        using (Tape.Pause())
            return Advance(noisePrediction, step, sample, noise);
    }

    /// <summary>Forward diffusion: sqrt(alphasCumprod_t) sample + sqrt(1 - alphasCumprod_t) noise.</summary>
    /// <param name="sample">Clean samples [N, ...].</param>
    /// <param name="noise">Standard normal noise [N, ...].</param>
    /// <param name="timesteps">The timestep of each sample, N of them, each 0 to T - 1.</param>
    /// <returns>[N, ...], of the type of <paramref name="sample"/>.</returns>
    /// <exception cref="ShapeException">The number of timesteps is not N.</exception>
    /// <exception cref="UsageException">A timestep is outside the schedule.</exception>
    public Tensor AddNoise(Tensor sample, Tensor noise, ReadOnlySpan<int> timesteps)
    {
        if (timesteps.Length != sample.Shape[0])
            throw new ShapeException($"AddNoise: {timesteps.Length} timesteps for samples of shape {sample.Shape}; give one per sample.");
        double[] image = new double[timesteps.Length], error = new double[timesteps.Length];
        for (int n = 0; n < timesteps.Length; n++)
        {
            if (timesteps[n] < 0 || timesteps[n] >= alphasCumprod.Length)
                throw new UsageException($"timestep {timesteps[n]} is outside the schedule; expected 0 to {alphasCumprod.Length - 1}.");
            double alpha = alphasCumprod[timesteps[n]];
            (image[n], error[n]) = (Math.Sqrt(alpha), Math.Sqrt(1 - alpha));
        }
        return F.Add(F.MulPerSample(sample, Weights(image, sample)), F.MulPerSample(noise, Weights(error, sample)));
    }

    /// <summary>How timesteps are spaced where the configuration does not say: as in diffusers' class.</summary>
    private protected virtual string DefaultSpacing => TimestepSpacing.Leading;

    /// <summary>The spacing of this inference.</summary>
    private protected string Spacing => Config.TimestepSpacing ?? DefaultSpacing;

    /// <summary>The timestep of each step, and a fresh start.</summary>
    private protected abstract double[] Arrange(int numInferenceSteps);

    private protected virtual Tensor Scale(int step, Tensor sample) => sample;

    private protected abstract Tensor Advance(Tensor noisePrediction, int step, Tensor sample, Tensor? noise);

    void RequireStep(int step)
    {
        if (step < 0 || step >= Timesteps.Count)
            throw new UsageException(
                $"step {step} is not one of the {Timesteps.Count} of this inference; call SetTimesteps and count from 0.");
    }

    static Tensor Weights(double[] weights, Tensor like) => like.DType == DType.F64
        ? Tensor.From(weights, [weights.Length], like.Backend)
        : Tensor.From(Array.ConvertAll(weights, w => (float)w), [weights.Length], like.Backend);
}
