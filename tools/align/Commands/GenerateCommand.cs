using System.CommandLine;
using AlignT2I.CommandLine;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Schedulers;
using AlignT2I.Training.Generation;
using AlignT2I.Training.Prompts;

namespace AlignT2I.Align.Commands;

/// <summary><c>align generate</c>: images for prompts.</summary>
internal static class GenerateCommand
{
    static readonly Option<DirectoryInfo?> output = new("--output", "-o")
    {
        Description = "folder that the PNG files are written into [default: pictures]",
    };

    static readonly Option<DirectoryInfo?> run = new("--run")
    {
        Description = "a run folder in place of --output: its images/ get the images, its prompts.jsonl is drawn where no prompt is given",
    };

    static readonly Option<DirectoryInfo?> model = CommandOptions.Model();

    static readonly Option<DirectoryInfo?> unet = new("--unet")
    {
        Description = "another UNet for the model, as finetune writes it: runs/a/finetuned/unet",
    };

    static readonly Option<string[]> prompt = new("--prompt", "-p") { Description = "a prompt to draw; may be given several times" };

    static readonly Option<FileInfo?> prompts = new("--prompts")
    {
        Description = "file of prompts: text, one on each line, .csv, .tsv, or .jsonl as 'align prompts' writes",
    };

    static readonly Option<int?> newPrompts = new("--new-prompts")
    {
        Description = "write so many prompts of the miniature world into --run first, as 'align prompts' does",
    };

    static readonly Option<string> negative = new("--negative-prompt", "-n")
    {
        Description = "what to lead away from",
        DefaultValueFactory = _ => "",
    };

    static readonly Option<ulong> seed = CommandOptions.Seed(
        "seed of a prompt's first image, as torch.manual_seed; the next have seed + 1, + 2, …; "
            + "a run's own prompts get seeds drawn from it");

    static readonly Option<int?> imagesPerPrompt = new("--images-per-prompt")
    {
        Description = $"images for each prompt [default: 1; for a run's own prompts {GenerateRequest.ImagesOfRunPrompt}]",
    };

    static readonly Option<int?> steps = SamplingOptions.Steps();
    static readonly Option<double?> guidance = SamplingOptions.GuidanceScale();

    static readonly Option<int?> width = new("--width") { Description = "width in pixels [default: the model's own]" };
    static readonly Option<int?> height = new("--height") { Description = "height in pixels [default: the model's own]" };
    static readonly Option<string?> sampler = new("--sampler") { Description = "how to sample [default: the model's own]" };

    static readonly Option<int?> batchSize = new("--batch-size")
    {
        Description = "images in one pass [default: what fits into memory, at most 8; on a device 1; for the miniature 32]",
    };

    static readonly Option<string> device = CommandOptions.Device();
    static readonly Option<string?> dtype = CommandOptions.ComputeType();

    static readonly Option<int?> best = new("--best")
    {
        Description = "rejection sampling: keep so many images of each prompt, those with the highest reward",
    };

    static readonly Option<int?> of = new("--of") { Description = "candidates of each prompt that --best chooses from" };

    static readonly Option<DirectoryInfo?> reward = new("--reward")
    {
        Description = "the reward of --best, as train-reward writes it [default: that of --run]",
    };

    static readonly Option<DirectoryInfo?> clip = new("--clip")
    {
        Description = "the CLIP that the reward was trained on: a model or clip-vit-large-patch14 [default: the model's]",
    };

    static readonly Option<string> shard = new("--shard")
    {
        Description = "i/n: only every n-th image from the i-th on",
        DefaultValueFactory = _ => "0/1",
    };

    static readonly Option<bool> json = CommandOptions.Json();

    public static Command Create()
    {
        sampler.AcceptOnlyFromAmong([.. Sampler.All.Select(s => s.Name)]);
        string description = CommandOptions.WithExample(
            "Draw images for prompts. What is drawn already is not drawn again, so an interrupted run goes on; "
                + "shards may run side by side.",
            "align generate --output pictures --prompt \"Three red stars on the moon\"");
        var command = new Command("generate", description)
        {
            prompt, prompts, newPrompts, negative, output, run, model, unet, seed, imagesPerPrompt, steps, guidance, width, height,
            sampler, batchSize, device, dtype, best, of, reward, clip, shard, json,
        };
        command.SetAction(parse =>
        {
            GenerateRequest request = Request(parse);
            if (parse.GetValue(newPrompts) is { } count)
            {
                string folder = request.Run ?? throw new UsageException("generate: --new-prompts needs --run.");
                PromptsCommand.Write(folder, request.Model, request.Seed, count);
            }
            return GenerateRun.Start(request, new Report(parse.GetValue(json)));
        });
        return command;
    }

    static GenerateRequest Request(ParseResult parse) => Request(parse, parse.Backend(device));

    static GenerateRequest Request(ParseResult parse, Backend backend) => new()
    {
        Model = parse.ModelFolder(model),
        UNet = parse.GetValue(unet)?.ToString(),
        Output = parse.GetValue(output)?.ToString(),
        Run = parse.GetValue(run)?.ToString(),
        Prompts = Prompts(parse),
        NegativePrompt = parse.GetRequiredValue(negative),
        Seed = parse.GetRequiredValue(seed),
        ImagesPerPrompt = parse.GetValue(imagesPerPrompt),
        Steps = parse.GetValue(steps),
        GuidanceScale = parse.GetValue(guidance),
        Width = parse.GetValue(width),
        Height = parse.GetValue(height),
        Sampler = parse.GetValue(sampler) is { } name ? Sampler.Named(name) : null,
        BatchSize = parse.GetValue(batchSize),
        Backend = backend,
        DType = parse.ComputeType(dtype, backend),
        Best = parse.GetValue(best),
        Of = parse.GetValue(of),
        Reward = parse.GetValue(reward)?.ToString(),
        Clip = parse.GetValue(clip)?.ToString(),
        Shard = Training.Runs.Shard.Parse(parse.GetRequiredValue(shard)),
    };

    /// <summary>The prompts on the command line and in the file; null where there is neither.</summary>
    static IReadOnlyList<string>? Prompts(ParseResult parse)
    {
        string[] typed = parse.GetValue(prompt) ?? [];
        FileInfo? file = parse.GetValue(prompts);
        if (file is null)
            return typed.Length == 0 ? null : typed;
        return [.. typed, .. PromptImport.Read(file.ToString(), PromptSplit.Train).Select(p => p.Text)];
    }
}
