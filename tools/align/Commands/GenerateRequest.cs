using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Schedulers;
using AlignT2I.Training.Demo;
using AlignT2I.Training.Generation;
using AlignT2I.Training.Prompts;
using AlignT2I.Training.Rewards;
using AlignT2I.Training.Runs;

namespace AlignT2I.Align.Commands;

/// <summary>What <c>align generate</c> is asked for; null where the command line says nothing.</summary>
internal sealed record GenerateRequest
{
    const int LargestSide = 1024;
    const string Pictures = "pictures";

    static readonly ExperimentOptions experiment = new();

    public required string Model { get; init; }

    public string? UNet { get; init; }

    public string? Output { get; init; }

    public string? Run { get; init; }

    public IReadOnlyList<string>? Prompts { get; init; }

    public string NegativePrompt { get; init; } = "";

    public ulong Seed { get; init; }

    public int? ImagesPerPrompt { get; init; }

    public int? Steps { get; init; }

    public double? GuidanceScale { get; init; }

    public int? Width { get; init; }

    public int? Height { get; init; }

    public Sampler? Sampler { get; init; }

    public int? BatchSize { get; init; }

    public Backend Backend { get; init; } = Backend.Cpu;

    public DType DType { get; init; } = DType.F32;

    public int? Best { get; init; }

    public int? Of { get; init; }

    public string? Reward { get; init; }

    public string? Clip { get; init; }

    public Shard Shard { get; init; } = Shard.All;

    /// <summary>Where images go.</summary>
    public string Folder => Run ?? Output ?? Pictures;

    /// <summary>Images of each of a run's own prompts, where neither it nor the command says how many.</summary>
    public static int ImagesOfRunPrompt => experiment.LabelledImagesPerPrompt + experiment.UnlabelledImagesPerPrompt;

    /// <summary>Images to draw for each prompt.</summary>
    public int Count => Of ?? ImagesPerPrompt
        ?? (Prompts is null ? ImagesOfRunPrompt : 1);

    /// <summary>Images to draw for a prompt of the run, which may say it itself.</summary>
    public int CountOf(Prompt prompt) => Of ?? ImagesPerPrompt ?? prompt.Images ?? Count;

    /// <summary>The reward's folder.</summary>
    public string RewardFolder => Reward ?? (Run is null ? "" : Path.Combine(Run, "reward"));

    /// <summary>Checks what can be checked without the model.</summary>
    /// <exception cref="UsageException">Options do not go together.</exception>
    public void Validate()
    {
        if (Run is not null && Output is not null)
            throw new UsageException("generate: --run and --output both say where images go; give one of them.");
        if (Run is null && Prompts is null)
        {
            throw new UsageException(
                "generate: there is nothing to draw; give --prompt, --prompts, or --run with a run folder that has prompts.");
        }
        foreach ((string name, int? side) in new[] { ("--width", Width), ("--height", Height) })
        {
            if (side is < 1 or > LargestSide)
            {
                throw new UsageException(
                    $"generate: {name} is {side}; expected a multiple of the model's factor (8 in Stable Diffusion) up to {LargestSide}.");
            }
        }
        if (Best is null && (Of ?? (object?)Reward ?? Clip) is not null)
        {
            throw new UsageException(
                "generate: --of, --reward and --clip are for rejection sampling; say with --best how many images to keep.");
        }
        if (Best is null)
            return;
        if (Of is null || Best < 1 || Best > Of || ImagesPerPrompt is not null)
        {
            throw new UsageException(
                $"generate: --best {Best} needs --of with as many candidates or more, and no --images-per-prompt: --best 4 --of 16.");
        }
        if (RewardFolder.Length == 0)
            throw new UsageException("generate: --best chooses by a reward; name with --reward the folder that train-reward wrote.");
        if (!TrainedReward.Exists(RewardFolder))
        {
            throw new UsageException(
                $"generate: there is no reward in '{RewardFolder}'; name with --reward the folder that train-reward wrote.");
        }
    }

    /// <summary>How images are drawn, with the defaults for a model.</summary>
    /// <param name="isMiniature">Whether it is of the miniature world.</param>
    public ImageGenerationOptions Options(bool isMiniature)
    {
        ImageGenerationOptions own = isMiniature ? ImageGenerationOptions.Miniature : new();
        ImageGenerationOptions options = own with
        {
            Steps = Steps ?? own.Steps,
            GuidanceScale = GuidanceScale ?? own.GuidanceScale,
            BatchSize = BatchSize ?? own.BatchSize,
            NegativePrompt = NegativePrompt,
            Width = Width,
            Height = Height,
        };
        options.Validate();
        return isMiniature || BatchSize is not null ? options : options with { BatchSize = FittingBatch(options) };
    }

    /// <summary>The batch that fits into the memory of the machine or the device.</summary>
    int FittingBatch(ImageGenerationOptions options) =>
        GenerationMemory.LargestBatch(Model, UNet, options, DType, Backend, Backend.AvailableBytes);
}
