using System.Diagnostics;
using AlignT2I.CommandLine;
using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Models.Pipelines;
using AlignT2I.Models.Schedulers;
using AlignT2I.Training;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Generation;
using AlignT2I.Training.Prompts;
using AlignT2I.Training.Rewards;
using AlignT2I.Training.Runs;

namespace AlignT2I.Align.Commands;

/// <summary>The work of <c>align generate</c>: plan, images, and with <c>--best</c> the choice among them.</summary>
internal static class GenerateRun
{
    public static int Start(GenerateRequest request, Report report)
    {
        request.Validate();
        ClipTokenizer tokenizer = ClipTokenizer.Load(Path.Combine(request.Model, "tokenizer"));
        ImageGenerationOptions options = request.Options(PromptReader.IsMiniature(tokenizer));
        options.Validate();
        IReadOnlyList<GenerationPrompt> prompts = request.Prompts is { } typed
            ? PromptReader.Prepare(typed, tokenizer, ImageSeed.Consecutive(request.Seed, request.Count)) : OfRun(request);
        if (request.Best is not null)
            ClipEmbedder.Require(request.Clip ?? request.Model);
        WarnOfUnread(report, tokenizer, [.. prompts.Select(p => p.Text), options.NegativePrompt]);
        SchedulerConfig schedule = SchedulerConfig.Read(Path.Combine(request.Model, "scheduler", "scheduler_config.json"));
        var scheduler = Scheduler.Create(request.Sampler?.Apply(schedule) ?? schedule);
        scheduler.SetTimesteps(options.Steps);
        Plan(report, request, options, scheduler, prompts);
        var watch = Stopwatch.StartNew();
        return ProgressDisplay.Run(
            (progress, cancellation) => Work(report, request, options, scheduler, prompts, watch, progress, cancellation), report.Out);
    }

    static int Work(
        Report report, GenerateRequest request, ImageGenerationOptions options, Scheduler scheduler,
        IReadOnlyList<GenerationPrompt> prompts, Stopwatch watch, IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        RunFolder? folder = null;
        try
        {
            IReadOnlyList<ImageRecord> images;
            RunFolder drawn;
            using (StableDiffusionModel model = StableDiffusionModel.Load(request.Model, request.UNet, request.Backend, request.DType))
            {
                var generator = new ImageGenerator(
                    new StableDiffusionPipeline(model, scheduler), ModelFolder.Identify(request.Model, request.UNet));
                folder = request.Run is null
                    ? RunFolder.OpenPictures(request.Folder, request.Shard)
                    : RunFolder.Open(request.Folder, request.Shard);
                drawn = request.Best is null ? folder : folder.Nested("candidates");
                images = generator.Run(drawn, prompts, options, progress, cancellation);
            }
            if (request.Best is null || request.Shard.Count > 1)
                return Tell(report, drawn, images.Count, watch, request.Best is not null);
            return Choose(report, request, folder, drawn, images, watch, progress, cancellation);
        }
        finally
        {
            folder?.Dispose();
        }
    }

    static int Choose(
        Report report, GenerateRequest request, RunFolder folder, RunFolder candidates, IReadOnlyList<ImageRecord> images, Stopwatch watch,
        IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        using TrainedReward reward = TrainedReward.Load(request.RewardFolder, request.Backend);
        using ClipEmbedder clip = ClipEmbedder.Load(request.Clip ?? request.Model, request.Backend);
        using var embeddings = new EmbeddingCache(candidates, clip);
        var scorer = new RewardScorer(reward, clip, embeddings);
        var sampling = new RejectionSampling(scorer, request.Best!.Value);
        RejectionResult result = sampling.Run(candidates, images, folder, progress, cancellation);
        report.Result(
            $"{Printable.Count(result.Images, "image is", "images are")} in {folder.ImagesFolder}, "
                + $"the best {request.Best} of {request.Of} for each prompt: "
                + FormattableString.Invariant($"average reward {result.Reward:0.000}, ")
                + FormattableString.Invariant($"that of all candidates {result.CandidateReward:0.000} ")
                + FormattableString.Invariant($"({watch.Elapsed.TotalSeconds:0.0} s)."),
            ("images", result.Images), ("folder", folder.ImagesFolder), ("reward", result.Reward),
            ("candidateReward", result.CandidateReward), ("elapsedSeconds", watch.Elapsed.TotalSeconds));
        return 0;
    }

    static int Tell(Report report, RunFolder folder, int images, Stopwatch watch, bool candidates)
    {
        string next = candidates ? " When all shards are done, the same command without --shard chooses among the candidates." : "";
        report.Result(
            $"{Printable.Count(images, "image is", "images are")} in {folder.ImagesFolder} "
                + FormattableString.Invariant($"({watch.Elapsed.TotalSeconds:0.0} s).") + next,
            ("images", images), ("folder", folder.ImagesFolder), ("elapsedSeconds", watch.Elapsed.TotalSeconds));
        return 0;
    }

    static void Plan(
        Report report, GenerateRequest request, ImageGenerationOptions options, Scheduler scheduler,
        IReadOnlyList<GenerationPrompt> prompts)
    {
        int images = prompts.Sum(p => p.Images.Count), batch = Math.Min(options.BatchSize, images);
        GenerationMemory memory = GenerationMemory.Predict(
            request.Model, request.UNet, options with { BatchSize = batch }, request.DType, request.Backend);
        (int width, int height) = GenerationMemory.Size(request.Model, request.UNet, options);
        string sampler = Sampler.OfClass(scheduler.Config.ClassName, request.Model).Label;
        string chosen = request.Best is null ? "" : $", the best {request.Best} of {request.Of} for each prompt by {request.RewardFolder}";
        report.Plan("Generate",
            ("model", request.UNet is null ? request.Model : $"{request.Model}, UNet of {request.UNet}"),
            ("prompts", $"{prompts.Count}"),
            ("images", $"{(request.Best is { } best ? prompts.Count * best : images)} of {width} x {height} pixels{chosen}"),
            ("sampler", $"{sampler}, {Printable.Count(options.Steps, "step")}, guidance {CommandOptions.Text(options.GuidanceScale)}"),
            ("seed", request.Prompts is null
                ? $"drawn from {request.Seed} for each image"
                : $"{request.Seed} for each prompt's first image"),
            ("memory", $"about {Printable.Bytes(memory.Peak)}: weights {Printable.Bytes(memory.Weights)}, to denoise {batch} at a time "
                + $"{Printable.Bytes(memory.Denoising)}, to decode one {Printable.Bytes(memory.Decoding)}"
                + (memory.Packed > 0 ? $", packed copies of weights {Printable.Bytes(memory.Packed)}" : "")),
            (request.Run is null ? "output" : "run folder", request.Folder));
    }

    static void WarnOfUnread(Report report, ClipTokenizer tokenizer, IEnumerable<string> texts)
    {
        foreach (string text in texts)
        {
            if (PromptReader.Unread(text, tokenizer) is { Length: > 0 } unread)
            {
                report.Warn(
                    $"the text encoder reads {tokenizer.ModelMaxLength - 2} tokens of a prompt; of '{text}' it does not read '{unread}'.");
            }
        }
    }

    /// <summary>The run's prompts for feedback.</summary>
    static IReadOnlyList<GenerationPrompt> OfRun(GenerateRequest request)
    {
        string path = RunFolder.PromptsFileIn(request.Folder);
        if (!File.Exists(path))
        {
            throw new UsageException(
                $"{path}: there is no such file; give --prompt or --prompts, or write the run's prompts with 'align prompts'.");
        }
        return
        [
            .. PromptFile.Read(path).Where(p => p.Split == PromptSplit.Train)
                .Select(p => new GenerationPrompt(p.Id, p.Text, ImageSeed.Unrelated(request.Seed, p.Id, request.CountOf(p)))),
        ];
    }
}
