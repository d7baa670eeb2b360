using System.CommandLine;
using AlignT2I.CommandLine;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Training.Pretraining;

namespace AlignT2I.Align.Commands;

/// <summary><c>align pretrain</c>: makes the miniature from nothing.</summary>
internal static class PretrainCommand
{
    static readonly PretrainOptions defaults = new();

    static readonly Option<DirectoryInfo> output = new("--output")
    {
        Description = "folder of the model; a run that was stopped goes on there",
        DefaultValueFactory = _ => new DirectoryInfo("miniature"),
    };

    static readonly Option<DirectoryInfo?> baseModel = new("--base")
    {
        Description = "a miniature whose UNet is trained on, on captions that misstate as the web's do [default: all is made anew]",
    };

    static readonly Option<ulong> seed = new("--seed")
    {
        Description = "decides everything random",
        DefaultValueFactory = _ => defaults.Seed,
    };

    static readonly Option<int> vaeSteps = new("--vae-steps")
    {
        Description = "updates of the autoencoder",
        DefaultValueFactory = _ => defaults.VaeSteps,
    };

    static readonly Option<int> clipSteps = new("--clip-steps")
    {
        Description = "updates of CLIP",
        DefaultValueFactory = _ => defaults.ClipSteps,
    };

    static readonly Option<int> scenes = new("--scenes")
    {
        Description = "scenes that the UNet learns from",
        DefaultValueFactory = _ => defaults.Scenes,
    };

    static readonly Option<int> steps = new("--steps")
    {
        Description = "updates of the UNet",
        DefaultValueFactory = _ => defaults.DiffusionSteps,
    };

    static readonly Option<int> scheduleSteps = new("--schedule-steps")
    {
        Description = "updates after which the UNet's learning rate is zero; the miniature stops before",
        DefaultValueFactory = _ => defaults.DiffusionScheduleSteps,
    };

    static readonly Option<int> webSteps = new("--web-steps")
    {
        Description = "further updates of the UNet, on captions that misstate as the web's do",
        DefaultValueFactory = _ => defaults.WebSteps,
    };

    static readonly Option<int> batchSize = new("--batch-size")
    {
        Description = "latents in one update of the UNet",
        DefaultValueFactory = _ => defaults.DiffusionBatchSize,
    };

    static readonly Option<double> learningRate = new("--learning-rate")
    {
        Description = "peak learning rate of the UNet",
        DefaultValueFactory = _ => defaults.DiffusionLearningRate,
    };

    static readonly Option<string> device = CommandOptions.Device();

    public static Command Create()
    {
        string description = CommandOptions.WithExample(
            "Train the miniature from scratch: autoencoder, CLIP, UNet. Stopped, it goes on where it was.",
            "align pretrain --output models/miniature");
        var command = new Command("pretrain", description)
            { output, baseModel, seed, vaeSteps, clipSteps, scenes, steps, scheduleSteps, webSteps, batchSize, learningRate, device };
        command.SetAction(parse =>
        {
            PretrainOptions options = defaults with
            {
                Seed = parse.GetValue(seed),
                BaseModel = parse.GetValue(baseModel)?.ToString(),
                VaeSteps = parse.GetValue(vaeSteps),
                ClipSteps = parse.GetValue(clipSteps),
                Scenes = parse.GetValue(scenes),
                DiffusionSteps = parse.GetValue(steps),
                DiffusionScheduleSteps = parse.GetValue(scheduleSteps),
                WebSteps = parse.GetValue(webSteps),
                DiffusionBatchSize = parse.GetValue(batchSize),
                DiffusionLearningRate = parse.GetValue(learningRate),
            };
            foreach ((Option<int> option, int value) in (ReadOnlySpan<(Option<int>, int)>)
                [(vaeSteps, options.VaeSteps), (clipSteps, options.ClipSteps), (scenes, options.Scenes), (steps, options.DiffusionSteps),
                (webSteps, options.WebSteps), (batchSize, options.DiffusionBatchSize)])
            {
                if (value < 1)
                    throw new UsageException($"pretrain: {option.Name} is {value}; expected 1 or more.");
            }
            if (!(options.DiffusionLearningRate > 0) || !double.IsFinite(options.DiffusionLearningRate))
            {
                throw new UsageException(FormattableString.Invariant(
                    $"pretrain: --learning-rate is {options.DiffusionLearningRate}; expected a positive number."));
            }
            Backend backend = parse.Backend(device);
            string folder = parse.GetRequiredValue(output).ToString();
            new Report(json: false).Plan("Pre-train the miniature",
                [
                    .. options.BaseModel is null ? FromNothing(options) : [],
                    ("UNet, web captions", UNetPlan(options.WebSteps, options)),
                    ("memory", "under 2 GB"),
                    ("model", folder),
                ]);
            MiniaturePretrainer pretrainer = new(folder, options, backend);
            return ProgressDisplay.Run((progress, cancellation) =>
            {
                pretrainer.Run(progress, cancellation);
                return 0;
            });
        });
        return command;
    }

    static (string Name, string Value)[] FromNothing(PretrainOptions options) =>
    [
        ("autoencoder", $"{options.VaeSteps} updates of {options.VaeBatchSize} images"),
        ("CLIP", $"{options.ClipSteps} updates of {options.ClipBatchSize} pairs"),
        ("UNet, true captions", UNetPlan(options.DiffusionSteps, options)),
    ];

    static string UNetPlan(int steps, PretrainOptions options) =>
        $"{steps} updates of {options.DiffusionBatchSize} latents of {options.Scenes} scenes";
}
