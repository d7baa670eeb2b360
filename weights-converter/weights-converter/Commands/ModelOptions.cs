using System.CommandLine;
using AlignT2I.Files;
using AlignT2I.WeightsConverter.Loading;
using AlignT2I.WeightsConverter.Writing;

namespace AlignT2I.WeightsConverter.Commands;

/// <summary>Options of commands that read a model, and of those that write one.</summary>
internal static class ModelOptions
{
    /// <summary><c>--weights</c>: the running average of a training checkpoint, or its last step.</summary>
    public static Option<string?> Weights()
    {
        var option = new Option<string?>("--weights")
        {
            Description = "UNet weights of a training checkpoint: ema (running average, model_ema) or live (last step) [default: ema "
                + "where the file has it]",
        };
        option.AcceptOnlyFromAmong("ema", "live");
        return option;
    }

    /// <summary><c>--config</c>: sizes that a single file cannot say.</summary>
    public static Option<DirectoryInfo?> Config() => new("--config")
    {
        Description = "diffusers folder whose config.json files (and scheduler, tokenizer) a single file is read by [default: sizes "
            + "from the tensors, "
            + "and SD v1.5's for what they cannot say: 32 groups, 8 attention heads, PNDM scheduler]",
    };

    /// <summary><c>--tokenizer</c>: the files that no checkpoint has.</summary>
    public static Option<DirectoryInfo?> Tokenizer() => new("--tokenizer")
    {
        Description = "folder with vocab.json and merges.txt, which a single file does not have [default: the input folder's]",
    };

    /// <summary><c>--dtype</c>: the type that is written.</summary>
    public static Option<string?> DType()
    {
        var option = new Option<string?>("--dtype") { Description = "write float32, float16 or bfloat16 [default: each tensor as it is]" };
        option.AcceptOnlyFromAmong("float32", "float16", "bfloat16");
        return option;
    }

    /// <summary><c>--force</c>: replace what is there.</summary>
    public static Option<bool> Force() => new("--force") { Description = "replace the output where it is there already" };

    /// <summary>The values of <c>--weights</c> and <c>--config</c>.</summary>
    /// <exception cref="UsageException">The folder is not there.</exception>
    public static LoadingOptions Loading(string? weights, DirectoryInfo? config) => new()
    {
        Weights = weights switch { "ema" => WeightsChoice.Ema, "live" => WeightsChoice.Live, _ => WeightsChoice.Auto },
        ConfigFolder = config is null || config.Exists ? config?.ToString()
            : throw new UsageException($"{config}: there is no such folder; --config names a diffusers folder of the same model."),
    };

    /// <summary>The values of <c>--dtype</c> and <c>--force</c>.</summary>
    public static ConversionOptions Conversion(string? dtype, bool force) => new()
    {
        DType = dtype switch
        {
            "float32" => SafetensorsDType.Float32,
            "float16" => SafetensorsDType.Float16,
            "bfloat16" => SafetensorsDType.BFloat16,
            _ => null,
        },
        Overwrite = force,
    };

    /// <summary>Gives a model the tokenizer of <c>--tokenizer</c>.</summary>
    /// <returns>A sentence to print where the model will have none; otherwise null.</returns>
    public static string? SetTokenizer(WeightsModel model, DirectoryInfo? folder)
    {
        const string none = "no tokenizer is written: the input has none. Name a folder with vocab.json and merges.txt (those of "
            + "openai/clip-vit-large-patch14 are SD v1.5's) with --tokenizer";
        switch (model)
        {
            case StableDiffusionWeights diffusion:
                diffusion.TokenizerFolder = folder?.ToString() ?? diffusion.TokenizerFolder;
                return diffusion.TokenizerFolder is null ? none : null;
            case ClipWeights clip:
                clip.TokenizerFolder = folder?.ToString() ?? clip.TokenizerFolder;
                return clip.TokenizerFolder is null ? none : null;
            default:
                return null;
        }
    }
}
