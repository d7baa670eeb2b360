using System.Text.Json;
using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.Training.Finetuning;

/// <summary>
/// How the UNet is fine-tuned. The defaults are those of Lee et al. 2023 for Stable Diffusion v1.5, and where they say nothing, as of
/// conditioning dropout and averages, what is usual.
/// </summary>
public sealed record FinetuneOptions
{
    /// <summary>The miniature's, for about a minute on two cores.</summary>
    public static FinetuneOptions Miniature { get; } = new()
    {
        Steps = 400,
        BatchSize = 24,
        PretrainingBatchSize = 24,
        MicroBatchSize = 48,
        LearningRate = 1e-3,
        LearningRateDecay = LearningRateDecay.Cosine,
        MinTimestep = 700,
        TrainableModules = ["attentions"],
        GradientCheckpointing = false,
        CheckpointSteps = 100,
    };

    /// <summary>Decides the order of the images, the noise and the timesteps.</summary>
    public ulong Seed { get; init; }

    /// <summary>What the UNet computes in: float32, or mixed precision with float32 masters, bfloat16 or float16.</summary>
    public string Dtype { get; init; } = "float32";

    /// <summary>Which images take part.</summary>
    public FinetuneMix Mix { get; init; } = FinetuneMix.Full;

    /// <summary>Updates of the UNet.</summary>
    public int Steps { get; init; } = 10_000;

    /// <summary>Images of the model in one update.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Pre-training images in one update, where the mix has them.</summary>
    public int PretrainingBatchSize { get; init; } = 256;

    /// <summary>
    /// Images in one pass through the network; gradients are summed over the passes of an update. 0 takes what fits into memory.
    /// </summary>
    public int MicroBatchSize { get; init; }

    /// <summary>beta of eq. 4: weight of the pre-training loss.</summary>
    public double PretrainingWeight { get; init; } = 1;

    /// <summary>AdamW step size after the warm-up.</summary>
    public double LearningRate { get; init; } = 1e-5;

    /// <summary>What becomes of the learning rate after the warm-up.</summary>
    public LearningRateDecay LearningRateDecay { get; init; } = LearningRateDecay.Constant;

    /// <summary>Updates in which the step size rises from 0.</summary>
    public int WarmupSteps { get; init; } = 10;

    /// <summary>AdamW weight decay.</summary>
    public double WeightDecay { get; init; } = 1e-2;

    /// <summary>Largest norm of the gradient; longer ones are shortened to it.</summary>
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>Share of prompts replaced by the empty prompt, so that classifier-free guidance goes on working, 0 to 1.</summary>
    public double ConditioningDropout { get; init; } = 0.1;

    /// <summary>Decay of the averaged weights, which are the result; 0 takes the last weights.</summary>
    public double EmaDecay { get; init; } = 0.99;

    /// <summary>
    /// gamma of min-SNR weighting (Hang et al. 2023, arXiv:2303.09556): the error at a timestep of signal-to-noise ratio s counts
    /// min(s, gamma) / s; 5 in the paper, 0 weighs all timesteps alike.
    /// </summary>
    public double MinSnrGamma { get; init; }

    /// <summary>
    /// Smallest timestep that noise is drawn for; 0, the paper's, draws from all. The noisier ones decide what is in a picture, the others
    /// its texture, which most of the loss is about.
    /// </summary>
    public int MinTimestep { get; init; }

    /// <summary>
    /// Modules whose weights are trained, by a part of their paths, such as <c>attentions</c> for the transformer blocks, through which
    /// text comes in; empty trains all, as Lee et al. 2023 do. Nothing beside an adaptation.
    /// </summary>
    public IReadOnlyList<string> TrainableModules { get; init; } = [];

    /// <summary>
    /// Whether backward computes the insides of the UNet's blocks again instead of holding them: less memory, a third more time.
    /// </summary>
    public bool GradientCheckpointing { get; init; } = true;

    /// <summary>Updates in a row whose gradients may be not finite, and which are skipped; one more ends the training.</summary>
    public int MaxSkippedSteps { get; init; } = 20;

    /// <summary>
    /// Rank of a low-rank adaptation that is trained instead of the UNet's own weights (Hu et al. 2021, arXiv:2106.09685); 0 trains all
    /// weights.
    /// </summary>
    public int LoraRank { get; init; }

    /// <summary>The adaptation is multiplied by alpha / rank; 0 takes the rank.</summary>
    public double LoraAlpha { get; init; }

    /// <summary>Modules that are adapted, by the ends of their paths.</summary>
    public IReadOnlyList<string> LoraTargets { get; init; } = ["to_q", "to_k", "to_v", "to_out.0"];

    /// <summary>Prompts drawn now and then into the event file, the i-th with the seed plus i.</summary>
    public IReadOnlyList<string> ValidationPrompts { get; init; } = [];

    /// <summary>Updates between two drawings of the validation prompts.</summary>
    public int ValidationSteps { get; init; } = 500;

    /// <summary>Denoising steps of a validation picture.</summary>
    public int ValidationInferenceSteps { get; init; } = 25;

    /// <summary>Guidance of a validation picture.</summary>
    public double ValidationGuidanceScale { get; init; } = 7.5;

    /// <summary>Updates between two checkpoints.</summary>
    public int CheckpointSteps { get; init; } = 500;

    /// <summary>Newest checkpoints that are kept.</summary>
    public int KeepCheckpoints { get; init; } = 2;

    /// <summary>Updates between two lines of log.jsonl.</summary>
    public int LogSteps { get; init; } = 10;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="UsageException">A value is out of range; the message says which and what fits.</exception>
    public void Validate()
    {
        Check(ComputeType is DType.F32 or DType.BF16 or DType.F16, "dtype", Dtype, "float32, bfloat16 or float16");
        Check(Steps > 0, "number of steps", Steps, "1 or more");
        Check(BatchSize > 0, "batch size", BatchSize, "1 or more");
        Check(PretrainingBatchSize > 0, "pre-training batch size", PretrainingBatchSize, "1 or more");
        Check(MicroBatchSize >= 0, "micro-batch size", MicroBatchSize, "1 or more, or 0 for what fits into memory");
        Check(PretrainingWeight >= 0, "pre-training weight", PretrainingWeight, "0 or more");
        Check(LearningRate > 0, "learning rate", LearningRate, "a positive number");
        Check(WarmupSteps >= 0, "number of warm-up steps", WarmupSteps, "0 or more");
        Check(WeightDecay >= 0, "weight decay", WeightDecay, "0 or more");
        Check(MaxGradientNorm > 0, "largest gradient norm", MaxGradientNorm, "a positive number");
        Check(ConditioningDropout is >= 0 and <= 1, "conditioning dropout", ConditioningDropout, "0 to 1");
        Check(EmaDecay is >= 0 and < 1, "EMA decay", EmaDecay, "0 up to below 1");
        Check(MinSnrGamma >= 0, "gamma of min-SNR weighting", MinSnrGamma, "0 or more");
        Check(MinTimestep >= 0, "smallest timestep", MinTimestep, "0 or more");
        Check(MaxSkippedSteps >= 0, "number of steps that may be skipped", MaxSkippedSteps, "0 or more");
        Check(LoraRank >= 0, "rank of the adaptation", LoraRank, "1 or more, or 0 for none");
        Check(LoraAlpha >= 0, "alpha of the adaptation", LoraAlpha, "a positive number, or 0 for the rank");
        Check(LoraTargets.Count > 0, "list of adapted modules", "empty", "names such as to_q");
        Check(ValidationSteps > 0, "validation interval", ValidationSteps, "1 or more");
        Check(ValidationInferenceSteps > 0, "number of denoising steps in validation", ValidationInferenceSteps, "1 or more");
        Check(ValidationGuidanceScale >= 0, "guidance scale in validation", ValidationGuidanceScale, "0 or more");
        Check(CheckpointSteps > 0, "checkpoint interval", CheckpointSteps, "1 or more");
        Check(KeepCheckpoints > 0, "number of checkpoints kept", KeepCheckpoints, "1 or more");
        Check(LogSteps > 0, "log interval", LogSteps, "1 or more");
    }

    /// <summary>Whether a parameter of the UNet is trained.</summary>
    internal bool Trains(string name) => TrainableModules.Count == 0 || TrainableModules.Any(module => IsIn(module, name));

    /// <summary>Whether a parameter is in a module, which is a part of its path.</summary>
    internal static bool IsIn(string module, string name) => $".{name}.".Contains($".{module}.", StringComparison.Ordinal);

    /// <summary>Pre-training images in an update of this mix.</summary>
    public int PretrainingImagesPerStep => Mix == FinetuneMix.Full && PretrainingWeight > 0 ? PretrainingBatchSize : 0;

    /// <summary>Images in an update.</summary>
    public int ImagesPerStep => BatchSize + PretrainingImagesPerStep;

    /// <summary>The type that <see cref="Dtype"/> names.</summary>
    internal DType? ComputeType => DTypes.Named(Dtype);

    /// <summary>What must be the same for a checkpoint to be gone on from: all but the intervals and what is only looked at.</summary>
    internal string Fingerprint => JsonSerializer.Serialize(
        this with
        {
            CheckpointSteps = 1,
            KeepCheckpoints = 1,
            LogSteps = 1,
            MaxSkippedSteps = 0,
            ValidationPrompts = [],
            ValidationSteps = 1,
            ValidationInferenceSteps = 1,
            ValidationGuidanceScale = 1,
        },
        FinetuneJson.Default.FinetuneOptions);

    static void Check<T>(bool holds, string what, T found, string expected)
    {
        if (!holds || found is double.PositiveInfinity)
            throw new UsageException(FormattableString.Invariant($"finetune: the {what} is {found}; expected {expected}."));
    }
}
