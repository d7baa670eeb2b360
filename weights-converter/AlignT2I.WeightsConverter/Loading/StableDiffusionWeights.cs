using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Models.Schedulers;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.WeightsConverter.Names;
using AlignT2I.WeightsConverter.Streaming;

namespace AlignT2I.WeightsConverter.Loading;

/// <summary>Stable Diffusion v1: UNet, autoencoder and text encoder with their configurations.</summary>
public abstract class StableDiffusionWeights : WeightsModel
{
    private protected const string UNetName = "unet", VaeName = "vae", TextName = "text_encoder";
    private protected const string DiffusersWeights = "diffusion_pytorch_model.safetensors", TransformersWeights = "model.safetensors";

    /// <summary>Of an encoder that is also one half of CLIP; the UNet does not read it.</summary>
    private protected const string TextProjection = "text_projection.weight";

    const string ModelIndex = """
        {
          "_class_name": "StableDiffusionPipeline",
          "_diffusers_version": "0.6.0",
          "feature_extractor": [null, null],
          "requires_safety_checker": false,
          "safety_checker": [null, null],
          "scheduler": ["diffusers", "SCHEDULER"],
          "text_encoder": ["transformers", "CLIPTextModel"],
          "tokenizer": ["transformers", "CLIPTokenizer"],
          "unet": ["diffusers", "UNet2DConditionModel"],
          "vae": ["diffusers", "AutoencoderKL"]
        }

        """;

    private protected StableDiffusionWeights(string path, ModelKind kind) : base(path, kind)
    {
    }

    /// <summary>The UNet's configuration.</summary>
    internal UNet2DConditionConfig UNetConfig { get; private protected set; } = new();

    /// <summary>The autoencoder's configuration.</summary>
    internal AutoencoderKLConfig VaeConfig { get; private protected set; } = new();

    /// <summary>The text encoder's configuration.</summary>
    internal ClipTextConfig TextConfig { get; private protected set; } = new();

    /// <summary>The noise schedule.</summary>
    internal SchedulerConfig SchedulerConfig { get; private protected set; } = new();

    /// <summary>Folder with <c>vocab.json</c> and <c>merges.txt</c>; null where none is known.</summary>
    public string? TokenizerFolder { get; set; }

    internal override void WriteConfigs(string folder)
    {
        UNetConfig.Write(System.IO.Path.Combine(folder, UNetName, "config.json"));
        VaeConfig.Write(System.IO.Path.Combine(folder, VaeName, "config.json"));
        TextConfig.Write(System.IO.Path.Combine(folder, TextName, "config.json"));
        string scheduler = Directory.CreateDirectory(System.IO.Path.Combine(folder, "scheduler")).FullName;
        SchedulerConfig.Write(System.IO.Path.Combine(scheduler, "scheduler_config.json"));
        AtomicFile.WriteAllText(System.IO.Path.Combine(folder, DiffusersFolder.IndexName),
            ModelIndex.Replace("SCHEDULER", SchedulerConfig.ClassName, StringComparison.Ordinal));
        if (TokenizerFolder is null)
            return;
        ClipTokenizer tokenizer = ClipTokenizer.Load(TokenizerFolder, TextConfig.MaxPositionEmbeddings);
        if (tokenizer.VocabularySize > TextConfig.VocabSize)
        {
            throw new FileFormatException(TokenizerFolder,
                $"it has {tokenizer.VocabularySize} tokens and the text encoder {TextConfig.VocabSize}; name the tokenizer of this "
                    + "model.");
        }
        tokenizer.Save(System.IO.Path.Combine(folder, "tokenizer"));
    }

    /// <summary>
    /// The names of the latent diffusion code; the constants of its samplers, which every loader computes, are not written.
    /// </summary>
    internal override IEnumerable<ModelTensor> SingleFile()
    {
        Dictionary<string, Naming> namings = new()
        {
            [UNetName] = LdmNames.UNet(UNetConfig),
            [VaeName] = LdmNames.Vae(VaeConfig),
            [TextName] = LdmNames.Text,
        };
        IEnumerable<ModelTensor> networks = Components.SelectMany(
            c => Rearrange.Put(c.Tensors.Where(t => t.Name != TextProjection), namings[c.Name]));
        return networks.Append(new CountingTensor(LdmNames.PositionIds, [1, TextConfig.MaxPositionEmbeddings]));
    }

    private protected static IReadOnlyList<(string Name, Shape FileShape)> Outline(UNet2DConditionConfig config) =>
        ParameterOutline.Of(p => _ = new UNet2DCondition(p, config));

    private protected static IReadOnlyList<(string Name, Shape FileShape)> Outline(AutoencoderKLConfig config) =>
        ParameterOutline.Of(p => _ = new AutoencoderKL(p, config));

    private protected static IReadOnlyList<(string Name, Shape FileShape)> Outline(ClipTextConfig config, bool projection) =>
        ParameterOutline.Of(p => _ = projection ? new ClipTextModelWithProjection(p, config).TextModel : new ClipTextModel(p, config));
}
