using System.CommandLine;
using AlignT2I.CommandLine;
using AlignT2I.Engine;
using AlignT2I.Training;
using AlignT2I.Training.Demo;
using AlignT2I.Training.Finetuning;

namespace AlignT2I.Finetune;

/// <summary>The options of training: each over that of the file, which is over the default of the model.</summary>
internal static class FinetuneOptionSet
{
    static readonly FinetuneOptions defaults = new();

    static readonly Option<FileInfo?> config = CommandOptions.Config();
    static readonly Option<ulong> seed = CommandOptions.Seed("decides the order of images, noise and timesteps");

    static readonly Option<string> mix = new("--mix")
    {
        Description = "human: labelled images; unlabeled: all images; full: all images and the pre-training loss",
        DefaultValueFactory = _ => "full",
    };

    static readonly Option<string?> dtype = CommandOptions.ComputeType();

    static readonly Option<int> steps = Of("--steps", "updates of the UNet", o => o.Steps);
    static readonly Option<double> learningRate = Of("--learning-rate", "AdamW step", o => o.LearningRate);
    static readonly Option<string> schedule =
        Of("--learning-rate-decay", "constant, linear or cosine, after the warm-up", o => $"{o.LearningRateDecay}".ToLowerInvariant());
    static readonly Option<int> warmup = Of("--warmup-steps", "updates in which the learning rate rises", o => o.WarmupSteps);
    static readonly Option<int> batchSize = Of("--batch-size", "images of the model in an update", o => o.BatchSize);
    static readonly Option<int> pretrainingBatchSize =
        Of("--pretraining-batch-size", "pre-training images in an update", o => o.PretrainingBatchSize);

    static readonly Option<int> microBatchSize =
        Of("--micro-batch-size", "images in one pass, whose gradients are summed; 0 takes what fits into memory", o => o.MicroBatchSize);

    static readonly Option<double> pretrainingWeight = Of("--pretraining-weight", "beta of eq. 4", o => o.PretrainingWeight);
    static readonly Option<double> conditioningDropout =
        Of("--conditioning-dropout", "share of prompts left out", o => o.ConditioningDropout);
    static readonly Option<double> minSnrGamma = Of("--min-snr-gamma", "gamma of min-SNR weighting; 0 for none", o => o.MinSnrGamma);
    static readonly Option<int> minTimestep =
        Of("--min-timestep", "smallest timestep that noise is drawn for; 0 draws from all", o => o.MinTimestep);

    static readonly Option<string[]> trainableModules = new("--trainable-modules")
    {
        Description = "modules of the UNet whose weights are trained, by parts of their names, or all "
            + $"[default: all; for the miniature {string.Join(' ', FinetuneOptions.Miniature.TrainableModules)}]",
        AllowMultipleArgumentsPerToken = true,
    };

    static readonly Option<double> emaDecay = Of("--ema-decay", "decay of the averaged weights; 0 keeps none", o => o.EmaDecay);
    static readonly Option<bool> checkpointing =
        Of("--gradient-checkpointing", "less memory, a third more time", o => o.GradientCheckpointing);

    static readonly Option<int> loraRank =
        Of("--lora-rank", "train a low-rank adaptation of this rank instead of weights; 0 for none", o => o.LoraRank);
    static readonly Option<double> loraAlpha =
        Of("--lora-alpha", "scale of the adaptation times its rank; 0 takes the rank", o => o.LoraAlpha);

    static readonly Option<string[]> loraTargets = new("--lora-targets")
    {
        Description = $"layers that are adapted, by the ends of their names [default: {string.Join(' ', defaults.LoraTargets)}]",
        AllowMultipleArgumentsPerToken = true,
    };

    static readonly Option<string[]> validationPrompts = new("--validation-prompts")
    {
        Description = "prompts that are drawn into the event files now and then",
        AllowMultipleArgumentsPerToken = true,
    };

    static readonly Option<int> validationSteps =
        Of("--validation-steps", "updates between two drawings of them", o => o.ValidationSteps);
    static readonly Option<int> checkpointSteps = Of("--checkpoint-steps", "updates between two checkpoints", o => o.CheckpointSteps);

    /// <summary>All of them, for the command.</summary>
    public static IEnumerable<Option> All
    {
        get
        {
            mix.AcceptOnlyFromAmong("human", "unlabeled", "full");
            schedule.AcceptOnlyFromAmong("constant", "linear", "cosine");
            return
            [
                config, mix, steps, learningRate, schedule, warmup, batchSize, pretrainingBatchSize, microBatchSize, pretrainingWeight,
                conditioningDropout, minSnrGamma, minTimestep, trainableModules, emaDecay, dtype, checkpointing, loraRank, loraAlpha,
                loraTargets, validationPrompts, validationSteps, checkpointSteps, seed,
            ];
        }
    }

    /// <summary>The options that a command line asks for.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="modelFolder">The model that is trained, whose defaults they are.</param>
    /// <param name="backend">Where it computes: the type of computation is its own where none is given.</param>
    public static FinetuneOptions Read(ParseResult parse, string modelFolder, Backend backend)
    {
        FinetuneOptions own = ExperimentOptions.For(modelFolder).Finetune with { Dtype = backend.ComputeType.Name };
        FinetuneOptions file = OptionsFile.ReadFinetune(parse.GetValue(config)?.ToString(), own);
        return file with
        {
            Seed = parse.Or(seed, file.Seed),
            Dtype = parse.GetValue(dtype) ?? file.Dtype,
            Mix = parse.Or(mix, "") switch
            {
                "human" => FinetuneMix.HumanOnly,
                "unlabeled" => FinetuneMix.WithUnlabeled,
                "full" => FinetuneMix.Full,
                _ => file.Mix,
            },
            Steps = parse.Or(steps, file.Steps),
            LearningRate = parse.Or(learningRate, file.LearningRate),
            LearningRateDecay = parse.Or(schedule, "") is { Length: > 0 } decay
                ? Enum.Parse<LearningRateDecay>(decay, ignoreCase: true) : file.LearningRateDecay,
            WarmupSteps = parse.Or(warmup, file.WarmupSteps),
            BatchSize = parse.Or(batchSize, file.BatchSize),
            PretrainingBatchSize = parse.Or(pretrainingBatchSize, file.PretrainingBatchSize),
            MicroBatchSize = parse.Or(microBatchSize, file.MicroBatchSize),
            PretrainingWeight = parse.Or(pretrainingWeight, file.PretrainingWeight),
            ConditioningDropout = parse.Or(conditioningDropout, file.ConditioningDropout),
            MinSnrGamma = parse.Or(minSnrGamma, file.MinSnrGamma),
            MinTimestep = parse.Or(minTimestep, file.MinTimestep),
            TrainableModules = parse.GetValue(trainableModules) switch
            {
                ["all"] => [],
                { Length: > 0 } modules => modules,
                _ => file.TrainableModules,
            },
            EmaDecay = parse.Or(emaDecay, file.EmaDecay),
            GradientCheckpointing = parse.Or(checkpointing, file.GradientCheckpointing),
            LoraRank = parse.Or(loraRank, file.LoraRank),
            LoraAlpha = parse.Or(loraAlpha, file.LoraAlpha),
            LoraTargets = parse.GetValue(loraTargets) is { Length: > 0 } targets ? targets : file.LoraTargets,
            ValidationPrompts = parse.GetValue(validationPrompts) is { Length: > 0 } prompts ? prompts : file.ValidationPrompts,
            ValidationSteps = parse.Or(validationSteps, file.ValidationSteps),
            CheckpointSteps = parse.Or(checkpointSteps, file.CheckpointSteps),
        };
    }

    static Option<T> Of<T>(string name, string description, Func<FinetuneOptions, T> value) =>
        CommandOptions.ByModel(name, description, value(defaults), value(FinetuneOptions.Miniature));
}
