using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.Models.Schedulers;

/// <summary>A noise schedule and a way to walk it back, from noise to a sample.</summary>
/// <remarks>
/// Ho et al. 2020, arXiv:2006.11239: x_t = sqrt(alphasCumprod_t) x_0 + sqrt(1 - alphasCumprod_t) noise, the network predicts the noise.
/// Coefficients are float64; a step is of the sample's type. Semantics of diffusers (diffusers/schedulers).
/// Steps are not recorded on a tape.
/// </remarks>
public abstract class Scheduler
{
    /// <summary>The class names that <see cref="Create"/> knows.</summary>
    internal static readonly string[] Classes = [DdpmScheduler.ClassName, DdimScheduler.ClassName, PndmScheduler.ClassName];

    readonly double[] alphasCumprod, betas;

    private protected Scheduler(SchedulerConfig config)
    {
        config.Validate("scheduler");
        Config = config;
        betas = Betas(config);
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

    /// <summary>The timesteps to evaluate the network at, in order; set by <see cref="SetTimesteps"/>.</summary>
    public IReadOnlyList<int> Timesteps { get; private set; } = [];

    /// <summary>Standard deviation of the noise that sampling starts from: 1 for these samplers.</summary>
    public double InitNoiseSigma => 1;

    /// <summary>Whether <see cref="Step"/> takes fresh noise.</summary>
    public abstract bool TakesNoise { get; }

    /// <summary>Tensors that later steps will read; keep them when a memory scope ends between steps.</summary>
    public virtual IReadOnlyList<Tensor> History => [];

    /// <summary>Timesteps between two inference steps: T / steps.</summary>
    private protected int Stride { get; private set; }

    /// <summary>Makes the sampler that <see cref="SchedulerConfig.ClassName"/> names.</summary>
    /// <exception cref="FileFormatException">The configuration is not valid.</exception>
    public static Scheduler Create(SchedulerConfig config) => config.ClassName switch
    {
        DdpmScheduler.ClassName => new DdpmScheduler(config),
        DdimScheduler.ClassName => new DdimScheduler(config),
        _ => new PndmScheduler(config),
    };

    /// <summary>Chooses the timesteps of an inference and forgets the one before.</summary>
    /// <param name="numInferenceSteps">Number of steps, 1 to T.</param>
    /// <exception cref="UsageException">There are more steps than the schedule has timesteps.</exception>
    public void SetTimesteps(int numInferenceSteps)
    {
        int total = Config.NumTrainTimesteps;
        Stride = numInferenceSteps is < 1 || numInferenceSteps > total ? 0 : total / numInferenceSteps;
        if (Stride == 0 || (numInferenceSteps - 1) * Stride + Config.StepsOffset >= total)
            throw new UsageException($"{numInferenceSteps} inference steps do not fit a schedule of {total} timesteps with steps_offset "
                + $"{Config.StepsOffset}; choose from 1 to {total - Config.StepsOffset} steps.");
        Timesteps = Arrange([.. Enumerable.Range(0, numInferenceSteps).Reverse().Select(i => i * Stride + Config.StepsOffset)]);
    }

    /// <summary>One step from x_t to the sample of the timestep before.</summary>
    /// <param name="noisePrediction">The network's output at <paramref name="timestep"/>, of the shape and type of the sample.</param>
    /// <param name="timestep">The timestep; the next of <see cref="Timesteps"/>.</param>
    /// <param name="sample">x_t, any shape, F32 or F64.</param>
    /// <param name="noise">Standard normal noise of the sample's shape; needed where <see cref="TakesNoise"/>.</param>
    /// <returns>The sample of the step before, of the shape and type of <paramref name="sample"/>.</returns>
    /// <exception cref="UsageException">There are no timesteps yet, the timestep is not one of them, or noise is missing.</exception>
    /// <exception cref="ShapeException">The tensors differ in shape.</exception>
    public Tensor Step(Tensor noisePrediction, int timestep, Tensor sample, Tensor? noise = null)
    {
        if (!Timesteps.Contains(timestep))
            throw new UsageException(
                $"timestep {timestep} is not among the {Timesteps.Count} of this inference; call SetTimesteps and follow Timesteps.");
        if (TakesNoise && noise is null)
            throw new UsageException($"{Config.ClassName} adds fresh noise at every step; give Step standard normal noise.");
        if (noisePrediction.Shape != sample.Shape || (noise is not null && noise.Shape != sample.Shape))
            throw new ShapeException(
                $"Step: noisePrediction has shape {noisePrediction.Shape}, noise {noise?.Shape}; the sample has {sample.Shape}.");
        using (Tape.Pause())
            return Advance(noisePrediction, timestep, sample, noise);
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
        return F.Add(F.MulPerSample(sample, Weights(image, sample.DType)), F.MulPerSample(noise, Weights(error, sample.DType)));
    }

    /// <summary>The timesteps as this sampler visits them, and a fresh start.</summary>
    private protected virtual int[] Arrange(int[] descending) => descending;

    private protected abstract Tensor Advance(Tensor noisePrediction, int timestep, Tensor sample, Tensor? noise);

    /// <summary>alphasCumprod at a timestep; below 0, where sampling ends: 1, or that of timestep 0.</summary>
    private protected double Alpha(int timestep, bool endsAtOne) =>
        timestep >= 0 ? alphasCumprod[timestep] : endsAtOne ? 1 : alphasCumprod[0];

    static Tensor Weights(double[] weights, DType dtype) => dtype == DType.F64
        ? Tensor.From(weights, [weights.Length])
        : Tensor.From(Array.ConvertAll(weights, w => (float)w), [weights.Length]);

    static double[] Betas(SchedulerConfig config)
    {
        if (config.TrainedBetas is { } trained) return trained;
        bool scaled = config.BetaSchedule == "scaled_linear";
        double first = scaled ? Math.Sqrt(config.BetaStart) : config.BetaStart;
        double last = scaled ? Math.Sqrt(config.BetaEnd) : config.BetaEnd;
        double[] result = new double[config.NumTrainTimesteps];
        double step = (last - first) / Math.Max(1, result.Length - 1);
        for (int t = 0; t < result.Length; t++)
        {
            double value = t == result.Length - 1 && t > 0 ? last : first + t * step;
            result[t] = scaled ? value * value : value;
        }
        return result;
    }
}
