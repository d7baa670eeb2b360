using System.CommandLine;
using AlignT2I.CommandLine;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Training.Communicators;
using AlignT2I.Training.Demo;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.PretrainingData;
using AlignT2I.Training.Runs;

namespace AlignT2I.Finetune;

/// <summary><c>finetune</c>: updates the UNet by reward-weighted likelihood (Lee et al. 2023, eq. 4).</summary>
internal static class FinetuneCommand
{
    static readonly Option<DirectoryInfo> run =
        CommandOptions.Run("run folder with images, labels and a reward; the UNet is written into its finetuned/");
    static readonly Option<DirectoryInfo?> model = CommandOptions.Model();
    static readonly Option<string> device = CommandOptions.Device();
    static readonly Option<bool> json = CommandOptions.Json();
    static readonly Option<bool> resume = new("--resume") { Description = "go on from the newest checkpoint" };
    static readonly Option<bool> dryRun = new("--dry-run") { Description = "print the plan and stop" };

    static readonly Option<DirectoryInfo?> clip = new("--clip")
    {
        Description = "the CLIP that the reward was trained on, such as clip-vit-large-patch14 [default: the model's]",
    };

    static readonly Option<string[]> pretraining = new("--pretraining")
    {
        Description = "pre-training images: WebDataset tar shards, folders of them, folders of images and captions "
            + "[default: rendered scenes]",
        AllowMultipleArgumentsPerToken = true,
    };

    static readonly Option<double> minAesthetic = new("--min-aesthetic")
    {
        Description = "keep pre-training images of an aesthetic score above this; 0 keeps all",
        DefaultValueFactory = _ => 6.5,
    };

    static readonly Option<DirectoryInfo?> aesthetic = new("--aesthetic")
    {
        Description = "aesthetic predictor, as weights-converter writes it, for images that come without a score",
    };

    static readonly Option<int> pretrainingImages = new("--pretraining-images")
    {
        Description = "rendered scenes to draw pre-training images from",
        DefaultValueFactory = _ => new ExperimentOptions().PretrainingImages,
    };

    public static RootCommand Create()
    {
        string description = CommandOptions.WithExample(
            "Update the UNet by reward-weighted likelihood (Lee et al. 2023, eq. 4). Ctrl-C saves a checkpoint; --resume goes on from it.",
            "finetune --run runs/a --steps 300");
        var command = new RootCommand(description) { run, model, clip, pretraining, minAesthetic, aesthetic, pretrainingImages };
        foreach (Option option in FinetuneOptionSet.All)
            command.Add(option);
        command.Add(device);
        command.Add(resume);
        command.Add(dryRun);
        command.Add(json);
        command.SetAction(Start);
        return command;
    }

    static int Start(ParseResult parse)
    {
        Backend backend = Backend.Open(Communicator.OwnDevice(parse.GetRequiredValue(device)));
        string modelFolder = parse.ModelFolder(model);
        FinetuneOptions options = FinetuneOptionSet.Read(parse, modelFolder, backend);
        options.Validate();
        string runFolder = RunPath.Existing(parse.GetRequiredValue(run));
        using Communicator ranks = Communicator.Join();
        var report = new Report(parse.GetValue(json), silent: !ranks.IsFirst);
        using RunFolder folder = ranks.IsFirst ? RunFolder.Open(runFolder) : RunFolder.Follow(runFolder);
        string clipFolder = parse.GetValue(clip)?.ToString() ?? modelFolder;
        FinetuneMemory memory = FinetuneMemory.Predict(modelFolder, clipFolder, options);
        options = FinetuneStage.WithMicroBatch(folder, modelFolder, clipFolder, options, parse.GetValue(resume), backend, ranks);
        memory = memory.WithPacked(modelFolder, options, backend);
        FinetunePlanReport.Print(report, folder, modelFolder, options, memory, parse.GetValue(pretraining) ?? [], ranks);
        if (parse.GetValue(dryRun))
        {
            report.Result("Nothing was done.", ("memoryBytes", memory.Peak(options.MicroBatchSize)),
                ("microBatchSize", options.MicroBatchSize));
            ranks.Finish();
            return 0;
        }
        (FinetuneResult result, int skippedImages) = ProgressDisplay.Run((progress, cancellation) =>
        {
            using ClipEmbedder embedder = ClipEmbedder.Load(clipFolder, backend);
            using AestheticFilter filter =
                AestheticFilter.Load(parse.GetRequiredValue(minAesthetic), parse.GetValue(aesthetic)?.ToString());
            PretrainingSource source = parse.GetValue(pretraining) is { Length: > 0 } paths
                ? new CaptionedImages(paths, filter, embedder, folder)
                : new RenderedScenes(parse.GetRequiredValue(pretrainingImages), options.Seed);
            FinetuneResult trained = FinetuneStage.Run(
                folder, modelFolder, options, embedder, source, parse.GetValue(resume), progress, cancellation, backend, ranks);
            return (trained, (source as CaptionedImages)?.Skipped ?? 0);
        }, report.Out);
        if (skippedImages > 0)
        {
            report.Warn(
                $"{Printable.Count(skippedImages, "pre-training image")} could not be used; "
                    + $"{folder.LatentsFolder} has a skipped.jsonl that says why.");
        }
        Tell(report, folder, options, result);
        return 0;
    }

    static void Tell(Report report, RunFolder folder, FinetuneOptions options, FinetuneResult result)
    {
        string unet = FinetuneStage.UNetFolder(folder, options.Mix), lora = FinetuneStage.LoraFolder(folder, options.Mix);
        double? loss = result.Losses.Count == 0 ? null : result.Losses.TakeLast(10).Average();
        string adaptation = options.LoraRank > 0 ? $", the adaptation in {lora}" : "";
        string skipped = result.SkippedSteps > 0 ? $", {result.SkippedSteps} skipped" : "";
        string resumed = result.ResumedAt > 0 ? $", resumed at {result.ResumedAt}" : "";
        report.Result(
            $"The fine-tuned UNet is in {unet}{adaptation} ({Printable.Count(result.Steps, "update")}{skipped}{resumed}).",
            ("unet", unet), ("lora", options.LoraRank > 0 ? lora : null), ("mix", FinetuneStage.Name(options.Mix)),
            ("steps", result.Steps),
            ("resumedAt", result.ResumedAt), ("skippedSteps", result.SkippedSteps), ("loss", loss));
    }
}
