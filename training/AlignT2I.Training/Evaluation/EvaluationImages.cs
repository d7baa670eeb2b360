using AlignT2I.Engine;
using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Models.Pipelines;
using AlignT2I.Training.Demo;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.Generation;
using AlignT2I.Training.Prompts;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Evaluation;

/// <summary>
/// The images that an evaluation looks at: of each model those of the evaluation prompts, and of captions;
/// what is there is not drawn again.
/// </summary>
/// <param name="run">The run folder. The images go to evaluation/ and fid/ in it, each model's in a folder of its own.</param>
/// <param name="modelFolder">The original model.</param>
/// <param name="options">The seed and the sizes.</param>
/// <param name="sources">The captions.</param>
/// <param name="backend">Where to compute; null is the CPU.</param>
/// <param name="dtype">What images are drawn in.</param>
internal sealed class EvaluationImages(
    RunFolder run, string modelFolder, ExperimentOptions options, EvaluationSources sources, Backend? backend, DType dtype)
{
    /// <summary>The model before fine-tuning, and its folder's name.</summary>
    public const string Original = "original";

    const ulong EvaluationStream = 8, CaptionStream = 9;

    static readonly FinetuneMix[] mixes = [FinetuneMix.HumanOnly, FinetuneMix.WithUnlabeled, FinetuneMix.Full];

    Prompt[]? prompts;
    IReadOnlyList<(string Id, string Text)>? captions;

    /// <summary>The evaluation prompts.</summary>
    /// <exception cref="UsageException">There are none.</exception>
    public IReadOnlyList<Prompt> Prompts => prompts ??= ReadPrompts();

    /// <summary>The captions of the Fréchet Inception distance.</summary>
    /// <exception cref="FileFormatException">The file is not of its format.</exception>
    public IReadOnlyList<(string Id, string Text)> Captions => captions ??= CaptionFile.Read(sources.Captions!, sources.MostCaptions);

    /// <summary>The models that draw: the original, and those that are fine-tuned, with the folder of the UNet.</summary>
    public IReadOnlyList<(string Name, string? UNet)> Models { get; } =
    [
        (Original, null),
        .. mixes.Where(mix => FinetuneStage.IsDone(run, mix))
            .Select(mix => (FinetuneStage.Name(mix), (string?)FinetuneStage.UNetFolder(run, mix))),
    ];

    /// <summary>Where the features of reference images are kept.</summary>
    public string ReferenceFolder => Path.Combine(run.Path, "fid", "reference");

    /// <summary>Folder of a model's images of the evaluation prompts.</summary>
    public RunFolder Folder(string model) => run.Nested($"evaluation/{model}");

    /// <summary>Folder of a model's images of captions.</summary>
    public RunFolder CaptionFolder(string model) => run.Nested($"fid/{model}");

    /// <summary>Draws a model's images of the evaluation prompts: of the original as many as rejection sampling chooses from.</summary>
    public IReadOnlyList<ImageRecord> Draw(
        string name, string? unet, IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        int count = unet is null ? options.RejectionSamples : options.EvaluationImagesPerPrompt;
        ulong seed = options.Seed ^ (EvaluationStream << 32);
        return Draw(
            Folder(name), unet, [.. Prompts.Select(p => new GenerationPrompt(p.Id, p.Text, ImageSeed.Unrelated(seed, p.Id, count)))],
            options.Generation, progress, cancellationToken);
    }

    /// <summary>Draws a model's images of the captions.</summary>
    public IReadOnlyList<ImageRecord> DrawCaptions(
        string name, string? unet, IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        ulong seed = options.Seed ^ (CaptionStream << 32);
        return Draw(
            CaptionFolder(name), unet, [.. Captions.Select(c => new GenerationPrompt(c.Id, c.Text, ImageSeed.Unrelated(seed, c.Id, 1)))],
            options.Generation with { Height = sources.CaptionImageSize, Width = sources.CaptionImageSize }, progress, cancellationToken);
    }

    IReadOnlyList<ImageRecord> Draw(
        RunFolder folder, string? unet, IReadOnlyList<GenerationPrompt> wanted, ImageGenerationOptions how,
        IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        using StableDiffusionModel model = StableDiffusionModel.Load(modelFolder, unet, backend, dtype);
        var generator = new ImageGenerator(new StableDiffusionPipeline(model), ModelFolder.Identify(modelFolder, unet));
        return generator.Run(folder, wanted, how, progress, cancellationToken);
    }

    Prompt[] ReadPrompts()
    {
        Prompt[] read = [.. RunPrompts.Read(run).Where(p => p.Split is PromptSplit.Seen or PromptSplit.Unseen)];
        return read.Length > 0 ? read : throw new UsageException(
            $"{run.PromptsFile}: no prompt is for evaluation, none has the split seen or unseen; write some with 'align prompts'.");
    }
}
