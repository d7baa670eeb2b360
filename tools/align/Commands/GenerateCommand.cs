using System.CommandLine;
using System.Diagnostics;
using AlignT2I.CommandLine;
using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Models.Pipelines;
using AlignT2I.Models.Schedulers;
using AlignT2I.Training.Demo;
using AlignT2I.Training.Generation;
using AlignT2I.Training.Miniature;
using AlignT2I.Training.Runs;

namespace AlignT2I.Align.Commands;

/// <summary><c>align generate</c>: images for prompts.</summary>
internal static class GenerateCommand
{
    static readonly ExperimentOptions experiment = new();

    static readonly Option<DirectoryInfo> run = new("--run", "--output")
    {
        Description = "run folder; images and images.jsonl are written into it, and its prompts.jsonl is drawn where no prompt is given",
        Required = true,
    };

    static readonly Option<DirectoryInfo?> model = CommandOptions.Model();
    static readonly Option<DirectoryInfo?> unet = new("--unet") { Description = "another UNet for the model, as finetune writes it: runs/a/finetuned/unet" };
    static readonly Option<string[]> prompt = new("--prompt") { Description = "a prompt to draw; may be given several times" };
    static readonly Option<FileInfo?> prompts = new("--prompts") { Description = "file of prompts: text, one on each line, or .jsonl as 'align prompts' writes" };
    static readonly Option<ulong> seed = CommandOptions.Seed("decides, with prompt and number, the first noise of each image");

    static readonly Option<int> imagesPerPrompt = new("--images-per-prompt")
    {
        Description = "images for each prompt",
        DefaultValueFactory = _ => experiment.LabelledImagesPerPrompt + experiment.UnlabelledImagesPerPrompt,
    };

    static readonly Option<int> steps = new("--steps") { Description = "denoising steps", DefaultValueFactory = _ => experiment.Generation.Steps };

    static readonly Option<double> guidance = new("--guidance-scale")
    {
        Description = "weight of classifier-free guidance; 1 is none",
        DefaultValueFactory = _ => experiment.Generation.GuidanceScale,
    };

    static readonly Option<string?> sampler = new("--sampler") { Description = "how to sample [default: the model's own]" };

    static readonly Option<int> batchSize = new("--batch-size")
    {
        Description = "images in one pass",
        DefaultValueFactory = _ => experiment.Generation.BatchSize,
    };

    static readonly Option<string> shard = new("--shard") { Description = "i/n: only every n-th image from the i-th on", DefaultValueFactory = _ => "0/1" };
    static readonly Option<bool> json = CommandOptions.Json();

    public static Command Create()
    {
        sampler.AcceptOnlyFromAmong([.. Sampler.All.Select(s => s.Name)]);
        string description = CommandOptions.WithExample(
            "Draw images for prompts. What is drawn already is not drawn again, so an interrupted run goes on; shards may run side by side.",
            "align generate --output pictures --prompt \"Three red stars on the moon\"");
        var command = new Command("generate", description)
            { run, model, unet, prompt, prompts, imagesPerPrompt, steps, guidance, sampler, seed, batchSize, shard, json };
        command.SetAction(Start);
        return command;
    }

    static int Start(ParseResult parse)
    {
        var options = new ImageGenerationOptions
        {
            Seed = parse.GetRequiredValue(seed),
            ImagesPerPrompt = parse.GetRequiredValue(imagesPerPrompt),
            Steps = parse.GetRequiredValue(steps),
            GuidanceScale = parse.GetRequiredValue(guidance),
            BatchSize = parse.GetRequiredValue(batchSize),
        };
        options.Validate();
        string modelFolder = parse.ModelFolder(model);
        string? unetFolder = parse.GetValue(unet)?.ToString();
        IReadOnlyList<string>? given = Given(parse);
        var report = new Report(parse.GetValue(json));

        using StableDiffusionModel loaded = StableDiffusionModel.Load(modelFolder, unetFolder);
        IReadOnlyList<GenerationPrompt>? typed = given is null ? null : PromptReader.Prepare(given, loaded.Tokenizer);
        using RunFolder folder = RunFolder.Open(parse.GetRequiredValue(run).ToString(), Shard.Parse(parse.GetRequiredValue(shard)));
        IReadOnlyList<GenerationPrompt> drawn = typed ?? OfRun(folder);
        SchedulerConfig schedule = loaded.SchedulerConfig;
        if (parse.GetValue(sampler) is { } name)
            schedule = Sampler.Named(name).Apply(schedule);
        var pipeline = new StableDiffusionPipeline(loaded, Scheduler.Create(schedule));
        report.Plan("Generate",
            ("model", modelFolder), ("prompts", $"{drawn.Count}"), ("images", $"{drawn.Count * options.ImagesPerPrompt}"),
            ("sampler", $"{pipeline.Scheduler.Config.ClassName}, {options.Steps} steps, guidance {CommandOptions.Text(options.GuidanceScale)}"),
            ("run folder", folder.Path));
        var watch = Stopwatch.StartNew();
        var generator = new ImageGenerator(pipeline, ModelFolder.UNetHash(unetFolder ?? ModelFolder.UNet(modelFolder)));
        IReadOnlyList<ImageRecord> images = ProgressDisplay.Run(
            (progress, cancellation) => generator.Run(folder, drawn, options, progress, cancellation), report.Out);
        report.Result(
            $"{images.Count} images are in {folder.ImagesFolder} ({watch.Elapsed.TotalSeconds:0.0} s).",
            ("images", images.Count), ("folder", folder.ImagesFolder), ("elapsedSeconds", watch.Elapsed.TotalSeconds));
        return 0;
    }

    /// <summary>The prompts on the command line and in the file; null where there is neither.</summary>
    static IReadOnlyList<string>? Given(ParseResult parse)
    {
        string[] typed = parse.GetValue(prompt) ?? [];
        FileInfo? file = parse.GetValue(prompts);
        return typed.Length == 0 && file is null ? null : [.. typed, .. file is null ? [] : PromptReader.ReadFile(file.ToString())];
    }

    /// <summary>The run's prompts for feedback.</summary>
    static IReadOnlyList<GenerationPrompt> OfRun(RunFolder folder)
    {
        if (!File.Exists(folder.PromptsFile))
            throw new UsageException($"{folder.PromptsFile}: there is no such file; give --prompt or --prompts, or write the run's prompts with 'align prompts'.");
        return [.. PromptFile.Read(folder.PromptsFile).Where(p => p.Split == PromptSplit.Train).Select(p => new GenerationPrompt(p.Id, p.Text))];
    }
}
