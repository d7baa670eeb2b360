using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.WeightsConverter.Names;
using AlignT2I.WeightsConverter.Streaming;

namespace AlignT2I.WeightsConverter.Loading;

/// <summary>CLIP with both towers.</summary>
public abstract class ClipWeights : WeightsModel
{
    private protected const string WeightsName = "model.safetensors";

    private protected ClipWeights(string path, ModelKind kind) : base(path, kind)
    {
    }

    /// <summary>The configuration.</summary>
    internal ClipConfig Config { get; private protected set; } = new();

    /// <summary>How images are prepared.</summary>
    internal ClipImageProcessorConfig ImageProcessorConfig { get; private protected set; } = new();

    /// <summary>Folder with <c>vocab.json</c> and <c>merges.txt</c>; null where none is known.</summary>
    public string? TokenizerFolder { get; set; }

    internal override void WriteConfigs(string folder)
    {
        Config.Write(System.IO.Path.Combine(folder, "config.json"));
        ImageProcessorConfig.Write(System.IO.Path.Combine(folder, "preprocessor_config.json"));
        if (TokenizerFolder is not null)
            ClipTokenizer.Load(TokenizerFolder, Config.TextConfig.MaxPositionEmbeddings).Save(folder);
    }

    internal override IEnumerable<ModelTensor> SingleFile() => Rearrange.Put(Components[0].Tensors, OpenAiNaming);

    private protected Naming OpenAiNaming => OpenAiClipNames.For(Config.TextConfig.NumHiddenLayers, Config.VisionConfig.NumHiddenLayers);

    private protected IReadOnlyList<(string Name, Shape FileShape)> Outline => ParameterOutline.Of(p => _ = new ClipModel(p, Config));
}
