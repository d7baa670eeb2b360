using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Models.Schedulers;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Pipelines;

/// <summary>A whole text-to-image model: tokenizer, text encoder, UNet, autoencoder and noise schedule, as in a diffusers
/// folder.</summary>
/// <remarks>
/// The folder holds <c>model_index.json</c>, <c>unet/</c>, <c>vae/</c>, <c>text_encoder/</c>, <c>tokenizer/</c> and <c>scheduler/</c>.
/// Each network has a <see cref="ParameterStore"/>, so that one of them can be trained or replaced.
/// </remarks>
public sealed class StableDiffusionModel : IDisposable
{
    const string IndexFile = "model_index.json", ConfigName = "config.json";
    const string PositionIds = "text_model.embeddings.position_ids";      // 0, 1, 2 ...: older transformers saved it
    const string TextProjection = "text_projection.weight";     // of an encoder that is also one half of CLIP; the UNet does not read it
    const string TextWeights = "model.safetensors", Weights = "diffusion_pytorch_model.safetensors";

    /// <summary>Builds the networks; each takes its parameters from a source of its own.</summary>
    /// <param name="tokenizer">The tokenizer; its ids fit the text encoder.</param>
    /// <param name="schedulerConfig">The noise schedule of training.</param>
    /// <param name="text">The text encoder's sizes and parameters.</param>
    /// <param name="unet">The UNet's sizes and parameters; it reads the text encoder's states.</param>
    /// <param name="vae">The autoencoder's sizes and parameters; its latents are the UNet's channels.</param>
    /// <param name="backend">Where it computes; null is the CPU.</param>
    /// <param name="dtype">Type of the weights and of the computation.</param>
    /// <param name="trainedUNet">For training the UNet: the type that it computes in, with float32 masters where that is half.</param>
    /// <param name="adapters">Low-rank adaptation of the UNet, trained instead of its own weights; null for none.</param>
    /// <exception cref="FileFormatException">The parts do not fit together, or a source lacks a parameter.</exception>
    public StableDiffusionModel(
        ClipTokenizer tokenizer, SchedulerConfig schedulerConfig, (ClipTextConfig Config, ParameterSource Source) text,
        (UNet2DConditionConfig Config, ParameterSource Source) unet, (AutoencoderKLConfig Config, ParameterSource Source) vae,
        Backend? backend = null, DType dtype = DType.F32, DType? trainedUNet = null, LowRankAdapters? adapters = null)
    {
        Require("text_encoder", "max_position_embeddings", text.Config.MaxPositionEmbeddings, tokenizer.ModelMaxLength,
            "the tokenizer's model_max_length");
        Require("unet", "cross_attention_dim", unet.Config.CrossAttentionDim, text.Config.HiddenSize, "the text encoder's hidden_size");
        Require("vae", "latent_channels", vae.Config.LatentChannels, unet.Config.InChannels, "the UNet's in_channels");
        if (tokenizer.VocabularySize > text.Config.VocabSize)
            throw new FileFormatException("tokenizer",
                $"it has {tokenizer.VocabularySize} tokens and the text encoder {text.Config.VocabSize}; are they of one model?");
        Tokenizer = tokenizer;
        SchedulerConfig = schedulerConfig;
        TextEncoderParameters = new ParameterStore(backend ?? Backend.Cpu, dtype, text.Source);
        UNetParameters = new ParameterStore(
            backend ?? Backend.Cpu, trainedUNet ?? dtype, unet.Source, masters: trainedUNet is not null && adapters is null)
        {
            Adapters = adapters,
        };
        VaeParameters = new ParameterStore(backend ?? Backend.Cpu, dtype, vae.Source);
        try
        {
            TextEncoder = new ClipTextModel(TextEncoderParameters.Root, text.Config);
            TextEncoderParameters.Finish();
            UNet = new UNet2DCondition(UNetParameters.Root, unet.Config);
            UNetParameters.Finish();
            Vae = new AutoencoderKL(VaeParameters.Root, vae.Config);
            VaeParameters.Finish();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Prompts to ids.</summary>
    public ClipTokenizer Tokenizer { get; }

    /// <summary>The noise schedule of training and the folder's own sampler.</summary>
    public SchedulerConfig SchedulerConfig { get; }

    /// <summary>Ids to the states that the UNet reads.</summary>
    public ClipTextModel TextEncoder { get; }

    /// <summary>Predicts the noise in latents.</summary>
    public UNet2DCondition UNet { get; }

    /// <summary>Images to latents and back.</summary>
    public AutoencoderKL Vae { get; }

    /// <summary>Parameters of <see cref="TextEncoder"/>.</summary>
    public ParameterStore TextEncoderParameters { get; }

    /// <summary>Parameters of <see cref="UNet"/>: what fine-tuning trains.</summary>
    public ParameterStore UNetParameters { get; }

    /// <summary>Parameters of <see cref="Vae"/>.</summary>
    public ParameterStore VaeParameters { get; }

    /// <summary>
    /// Reads a diffusers folder as people have them: weights in one file or in shards, in full precision or the fp16 variant.
    /// </summary>
    /// <param name="folder">The folder with <c>model_index.json</c>.</param>
    /// <param name="unetFolder">Folder of another UNet to take, such as a fine-tuned one; null takes the folder's own.</param>
    /// <param name="backend">Where it computes; null is the CPU.</param>
    /// <param name="dtype">Type of the weights and of the computation.</param>
    /// <param name="trainedUNet">For training the UNet: the type that it computes in, with float32 masters where that is half.</param>
    /// <param name="adapters">Low-rank adaptation of the UNet, trained instead of its own weights; null for none.</param>
    /// <exception cref="UsageException">The folder or a file in it is missing.</exception>
    /// <exception cref="FileFormatException">A file is malformed, or the files do not belong together.</exception>
    public static StableDiffusionModel Load(
        string folder, string? unetFolder = null, Backend? backend = null, DType dtype = DType.F32, DType? trainedUNet = null,
        LowRankAdapters? adapters = null)
    {
        if (!Directory.Exists(folder))
            throw new UsageException($"{folder}: there is no such folder; name a diffusers folder, the one with {IndexFile}.");
        string index = Path.Combine(folder, IndexFile);
        ModelIndex found = ConfigFile.Parse(ConfigFile.ReadText(index), index, PipelineJson.Default.ModelIndex);
        new ConfigCheck(index).Equal("_class_name", found.ClassName, ModelIndex.Pipeline);

        string text = Path.Combine(folder, "text_encoder"), unet = unetFolder ?? Path.Combine(folder, "unet"),
            vae = Path.Combine(folder, "vae");
        using SafetensorsSet textWeights = SafetensorsSet.Open(text, TextWeights);
        using SafetensorsSet unetWeights = SafetensorsSet.Open(unet, Weights);
        using SafetensorsSet vaeWeights = SafetensorsSet.Open(vae, Weights);
        return new StableDiffusionModel(
            ClipTokenizer.Load(Path.Combine(folder, "tokenizer")),
            SchedulerConfig.Read(Path.Combine(folder, "scheduler", "scheduler_config.json")),
            (ClipTextConfig.Read(Path.Combine(text, ConfigName)),
                new SafetensorsParameters(textWeights, ignored: [PositionIds, TextProjection])),
            (UNet2DConditionConfig.Read(Path.Combine(unet, ConfigName)), new SafetensorsParameters(unetWeights)),
            (AutoencoderKLConfig.Read(Path.Combine(vae, ConfigName)), new SafetensorsParameters(vaeWeights)
            {
                DeprecatedName = AutoencoderKLNames.Deprecated,
            }),
            backend, dtype, trainedUNet, adapters);
    }

    /// <summary>Writes a diffusers folder, which any diffusers program reads.</summary>
    /// <param name="folder">The folder; made if it is not there.</param>
    /// <param name="dtype">Type of the weights in the files: F32, F16 or BF16.</param>
    /// <exception cref="StorageException">A file cannot be written.</exception>
    public void Save(string folder, DType dtype = DType.F32)
    {
        string text = Part(folder, "text_encoder"), vae = Part(folder, "vae");
        Tokenizer.Save(Part(folder, "tokenizer"));
        SchedulerConfig.Write(Path.Combine(Part(folder, "scheduler"), "scheduler_config.json"));
        TextEncoder.Config.Write(Path.Combine(text, ConfigName));
        ParameterFile.Save(Path.Combine(text, TextWeights), TextEncoderParameters.Parameters, dtype, PyTorch);
        Vae.Config.Write(Path.Combine(vae, ConfigName));
        ParameterFile.Save(Path.Combine(vae, Weights), VaeParameters.Parameters, dtype, PyTorch);
        SaveUNet(Part(folder, "unet"), dtype);
        var index = new ModelIndex { ClassName = ModelIndex.Pipeline, Scheduler = ["diffusers", SchedulerConfig.ClassName] };
        ConfigFile.Write(Path.Combine(folder, IndexFile), index, PipelineJson.Default.ModelIndex);
    }

    /// <summary>Writes the UNet alone: <c>config.json</c> and its weights.</summary>
    /// <param name="folder">The folder, as given to <see cref="Load"/> as <c>unetFolder</c>; made if it is not there.</param>
    /// <param name="dtype">Type of the weights in the file: F32, F16 or BF16.</param>
    /// <param name="value">What is written of a parameter, such as its average; null writes its own value.</param>
    /// <exception cref="StorageException">A file cannot be written.</exception>
    public void SaveUNet(string folder, DType dtype = DType.F32, Func<Parameter, Tensor>? value = null)
    {
        MakeFolder(folder);
        UNet.Config.Write(Path.Combine(folder, ConfigName));
        ParameterFile.Save(Path.Combine(folder, Weights), UNetParameters.Parameters, dtype, PyTorch, value);
    }

    /// <summary>Frees the parameters.</summary>
    public void Dispose()
    {
        TextEncoderParameters.Dispose();
        UNetParameters.Dispose();
        VaeParameters.Dispose();
    }

    /// <summary>What transformers wants to find in a safetensors header.</summary>
    static Dictionary<string, string> PyTorch => new() { ["format"] = "pt" };

    static string Part(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        MakeFolder(path);
        return path;
    }

    static void MakeFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            throw StorageException.From(e, path, "created");
        }
    }

    static void Require(string where, string key, int found, int expected, string other)
    {
        if (found != expected)
            throw new FileFormatException(where, $"{key} is {found} but {other} is {expected}; are the parts of one model?");
    }
}
