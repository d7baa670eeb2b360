namespace AlignT2I.Models.Parity;

/// <summary>
/// What may lie between the engine and a float32 recording: about five times the rounding noise that the recordings show against
/// float64. Relative L2 unless said otherwise.
/// </summary>
internal static class ParityLimits
{
    /// <summary>Outputs of UNet, VAE and CLIP.</summary>
    public static readonly ParityLimit Output = new(1e-5, Roundings: 8);

    /// <summary>Gradients, each tensor for itself.</summary>
    public static readonly ParityLimit Gradient = new(5e-5, Roundings: 40);

    /// <summary>Largest absolute value of gradients that are zero in exact arithmetic.</summary>
    public static readonly ParityLimit AnalyticZero = new(1e-4, Roundings: 32);

    /// <summary>Latents and images of a whole sampling run.</summary>
    public static readonly ParityLimit Pipeline = new(3e-5, Roundings: 16);

    /// <summary>Largest difference of a pixel of a whole sampling run, in levels of 255.</summary>
    public static readonly ParityLimit PipelineLevels = new(1, Roundings: 8192);

    /// <summary>Schedulers computed in float64.</summary>
    public const double SchedulerFloat64 = 1e-10;

    /// <summary>Schedulers computed in float32.</summary>
    public const double SchedulerFloat32 = 5e-6;

    /// <summary>Losses over a training run.</summary>
    public const double LossTrajectory = 1e-5;

    /// <summary>Change of a parameter over a training run: Adam divides by small gradients.</summary>
    public const double Delta = 1e-2;

    /// <summary>The same, all parameters as one vector.</summary>
    public const double DeltaAll = 1e-3;

    /// <summary>
    /// Sum, L2 norm and product of condensed changes of parameters, each over the change's L2 norm: five times the recordings' own noise.
    /// </summary>
    public static readonly (ParityLimit Sum, ParityLimit Norm, ParityLimit Dot) DeltaStatistics = (4e-2, 3e-3, 1e-2);

    /// <summary>Condensed tensors where both sides were computed in float64.</summary>
    public static readonly (ParityLimit Sum, ParityLimit Norm, ParityLimit Dot) StatisticsFloat64 = (1e-6, 1e-6, 1e-6);

    /// <summary>
    /// Largest difference of condensed changes so small that float32 rounds most of them away: a moving average that hardly moves.
    /// </summary>
    public const double DeltaRounding = 6e-5;

    /// <summary>Parameters over a few steps of an optimizer: three times the recordings' own noise.</summary>
    public const double Optimizer = 3e-7;

    /// <summary>Condensed gradients, each over the tensor's L2 norm: the sum of the elements.</summary>
    public static readonly ParityLimit StatSum = new(2e-3, Roundings: 1000);

    /// <summary>Condensed gradients: the L2 norm.</summary>
    public static readonly ParityLimit StatNorm = new(1e-5, Roundings: 4);

    /// <summary>Condensed gradients: the product with a fixed vector.</summary>
    public static readonly ParityLimit StatDot = new(1e-4, Roundings: 32);

    /// <summary>Normal random numbers, largest difference: the reference's logarithm, sine and cosine are vectorized float32.</summary>
    public const double Normals = 1e-6;

    /// <summary>Measures and statistics computed in float64 on both sides.</summary>
    public const double Measure = 1e-9;

    /// <summary>Fréchet distances of no more images than features: the reference takes the root of a singular matrix.</summary>
    public const double FrechetOfSingular = 1e-5;
}
