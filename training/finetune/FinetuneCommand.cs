using System.CommandLine;
using AlignT2I.CommandLine;
using AlignT2I.Engine;
using AlignT2I.Training;
using AlignT2I.Training.Demo;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.Runs;

namespace AlignT2I.Finetune;

/// <summary><c>finetune</c>: updates the UNet by reward-weighted likelihood (Lee et al. 2023, eq. 4).</summary>
internal static class FinetuneCommand
{
    static readonly FinetuneOptions defaults = new();

    static readonly Option<DirectoryInfo> run = CommandOptions.Run("run folder with images, labels and a reward; the UNet is written into its finetuned/");
    static readonly Option<DirectoryInfo?> model = CommandOptions.Model();
    static readonly Option<FileInfo?> config = CommandOptions.Config();
    static readonly Option<ulong> seed = CommandOptions.Seed("decides the order of images, noise and timesteps");
    static readonly Option<bool> json = CommandOptions.Json();
    static readonly Option<bool> resume = new("--resume") { Description = "go on from the newest checkpoint" };

    static readonly Option<string> mix = new("--mix")
    {
        Description = "human: labelled images; unlabeled: all images; full: all images and the pre-training loss",
        DefaultValueFactory = _ => "full",
    };

    static readonly Option<string> device = CommandOptions.Device();
    static readonly Option<string?> dtype = CommandOptions.ComputeType();

    static readonly Option<int> steps = new("--steps") { Description = "updates of the UNet", DefaultValueFactory = _ => defaults.Steps };
    static readonly Option<double> learningRate = new("--learning-rate") { Description = "AdamW step", DefaultValueFactory = _ => defaults.LearningRate };

    static readonly Option<int> batchSize = new("--batch-size")
    {
        Description = "images of the model in an update",
        DefaultValueFactory = _ => defaults.BatchSize,
    };

    static readonly Option<int> pretrainingBatchSize = new("--pretraining-batch-size")
    {
        Description = "pre-training images in an update",
        DefaultValueFactory = _ => defaults.PretrainingBatchSize,
    };

    static readonly Option<int> microBatchSize = new("--micro-batch-size")
    {
        Description = "images in one pass; gradients are summed over the passes of an update",
        DefaultValueFactory = _ => defaults.MicroBatchSize,
    };

    static readonly Option<double> pretrainingWeight = new("--pretraining-weight")
    {
        Description = "beta of eq. 4",
        DefaultValueFactory = _ => defaults.PretrainingWeight,
    };

    static readonly Option<int> pretrainingImages = new("--pretraining-images")
    {
        Description = "rendered scenes to draw pre-training images from",
        DefaultValueFactory = _ => new ExperimentOptions().PretrainingImages,
    };

    static readonly Option<int> checkpointSteps = new("--checkpoint-steps")
    {
        Description = "updates between two checkpoints",
        DefaultValueFactory = _ => defaults.CheckpointSteps,
    };

    public static RootCommand Create()
    {
        mix.AcceptOnlyFromAmong("human", "unlabeled", "full");
        string description = CommandOptions.WithExample(
            "Update the UNet by reward-weighted likelihood (Lee et al. 2023, eq. 4). Ctrl-C saves a checkpoint; --resume goes on from it.",
            "finetune --run runs/a --steps 300");
        var command = new RootCommand(description)
        {
            run, model, config, mix, steps, learningRate, batchSize, pretrainingBatchSize, microBatchSize, pretrainingWeight, pretrainingImages,
            checkpointSteps, device, dtype, resume, seed, json,
        };
        command.SetAction(Start);
        return command;
    }

    static int Start(ParseResult parse)
    {
        Backend backend = parse.Backend(device);
        FinetuneOptions options = Options(parse, backend);
        options.Validate();
        string modelFolder = parse.ModelFolder(model);
        var report = new Report(parse.GetValue(json));
        using RunFolder folder = RunFolder.Open(RunPath.Existing(parse.GetRequiredValue(run)));
        Plan(report, folder, modelFolder, options);
        FinetuneResult result = ProgressDisplay.Run((progress, cancellation) => FinetuneStage.Run(
            folder, modelFolder, options, parse.GetRequiredValue(pretrainingImages), parse.GetValue(resume), progress, cancellation, backend), report.Out);
        string unet = FinetuneStage.UNetFolder(folder, options.Mix);
        double? loss = result.Losses.Count == 0 ? null : result.Losses.TakeLast(10).Average();
        report.Result(
            $"The fine-tuned UNet is in {unet} ({result.Steps} updates{(result.ResumedAt > 0 ? $", resumed at {result.ResumedAt}" : "")}).",
            ("unet", unet), ("mix", FinetuneStage.Name(options.Mix)), ("steps", result.Steps), ("resumedAt", result.ResumedAt), ("loss", loss));
        return 0;
    }

    static FinetuneOptions Options(ParseResult parse, Backend backend)
    {
        FinetuneOptions file = OptionsFile.ReadFinetune(parse.GetValue(config)?.ToString());
        return file with
        {
            Seed = parse.Or(seed, file.Seed),
            Dtype = parse.GetValue(dtype) ?? (parse.GetValue(config) is null ? backend.ComputeType.Name : file.Dtype),
            Mix = parse.Or(mix, "") switch
            {
                "human" => FinetuneMix.HumanOnly,
                "unlabeled" => FinetuneMix.WithUnlabeled,
                "full" => FinetuneMix.Full,
                _ => file.Mix,
            },
            Steps = parse.Or(steps, file.Steps),
            LearningRate = parse.Or(learningRate, file.LearningRate),
            BatchSize = parse.Or(batchSize, file.BatchSize),
            PretrainingBatchSize = parse.Or(pretrainingBatchSize, file.PretrainingBatchSize),
            MicroBatchSize = parse.Or(microBatchSize, file.MicroBatchSize),
            PretrainingWeight = parse.Or(pretrainingWeight, file.PretrainingWeight),
            CheckpointSteps = parse.Or(checkpointSteps, file.CheckpointSteps),
        };
    }

    static void Plan(Report report, RunFolder folder, string modelFolder, FinetuneOptions options)
    {
        (long parameters, long bytes) = FinetuneMemory.Predict(modelFolder, options);
        int images = options.BatchSize + (options.Mix == FinetuneMix.Full ? options.PretrainingBatchSize : 0);
        int passes = (images + options.MicroBatchSize - 1) / options.MicroBatchSize;
        report.Plan("Fine-tune",
            ("run folder", folder.Path), ("model", $"{modelFolder}, UNet of {parameters / 1e6:0.0} M parameters"), ("mix", FinetuneStage.Name(options.Mix)),
            ("updates", $"{options.Steps}, a checkpoint every {options.CheckpointSteps}"),
            ("images in an update", $"{images}, accumulated over {passes} {(passes == 1 ? "pass" : "passes")}"),
            ("precision", options.Dtype), ("memory", $"about {bytes / 1e9:0.0} GB"));
    }
}
