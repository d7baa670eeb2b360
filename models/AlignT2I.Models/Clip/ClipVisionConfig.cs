using System.Text.Json;
using System.Text.Json.Serialization;
using AlignT2I.Files;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Clip;

/// <summary>The shape of a <see cref="ClipVisionModel"/>, in the vocabulary of transformers' CLIP vision <c>config.json</c>.</summary>
/// <remarks>The defaults are those of CLIP ViT-L/14. Unknown keys are kept and written back.</remarks>
public sealed record ClipVisionConfig
{
    /// <summary>Width of the hidden states.</summary>
    public int HiddenSize { get; set; } = 1024;

    /// <summary>Width of the perceptrons between attentions.</summary>
    public int IntermediateSize { get; set; } = 4096;

    /// <summary>Width of the embedding shared with prompts.</summary>
    public int ProjectionDim { get; set; } = 768;

    /// <summary>Number of transformer layers.</summary>
    public int NumHiddenLayers { get; set; } = 24;

    /// <summary>Attention heads; divides <see cref="HiddenSize"/>.</summary>
    public int NumAttentionHeads { get; set; } = 16;

    /// <summary>Channels of the images.</summary>
    public int NumChannels { get; set; } = 3;

    /// <summary>Height and width of the images, in pixels.</summary>
    public int ImageSize { get; set; } = 224;

    /// <summary>Height and width of a patch, in pixels; divides <see cref="ImageSize"/>.</summary>
    public int PatchSize { get; set; } = 14;

    /// <summary>Activation of the perceptrons: <c>quick_gelu</c> or <c>gelu</c>.</summary>
    public string HiddenAct { get; set; } = ClipTower.QuickGelu;

    /// <summary>Added to the variance in layer normalization.</summary>
    public double LayerNormEps { get; set; } = 1e-5;

    /// <summary>Keys of the file that have no property here.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? OtherKeys { get; set; }

    /// <summary>Tokens per image: the patches and the class token.</summary>
    [JsonIgnore]
    public int Tokens => ImageSize / PatchSize * (ImageSize / PatchSize) + 1;

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">The file is not such a configuration, or its parts do not fit together.</exception>
    public static ClipVisionConfig Read(string path) => Parse(ConfigFile.ReadText(path), path);

    /// <summary>Parses the text of a <c>config.json</c>.</summary>
    /// <param name="json">The text.</param>
    /// <param name="where">What error messages call it, such as the file's path.</param>
    /// <exception cref="FileFormatException">The text is not such a configuration, or its parts do not fit together.</exception>
    public static ClipVisionConfig Parse(string json, string where)
    {
        ClipVisionConfig config = ConfigFile.Parse(json, where, ClipJson.Default.ClipVisionConfig);
        config.Validate(where);
        return config;
    }

    /// <summary>Writes a <c>config.json</c>.</summary>
    public void Write(string path) => ConfigFile.Write(path, this, ClipJson.Default.ClipVisionConfig);

    /// <summary>Checks that the parts fit together.</summary>
    /// <param name="where">What error messages call the configuration.</param>
    /// <exception cref="FileFormatException">They do not; the message names the key, its value and what would fit.</exception>
    public void Validate(string where)
    {
        var check = new ConfigCheck(where);
        check.Positive("num_channels", NumChannels);
        check.Positive("image_size", ImageSize);
        check.Positive("patch_size", PatchSize);
        check.That(ImageSize % PatchSize == 0, "image_size", ImageSize, $"a multiple of patch_size = {PatchSize}");
        ClipTower.Validate(check, HiddenSize, IntermediateSize, ProjectionDim, NumHiddenLayers, NumAttentionHeads, HiddenAct,
            LayerNormEps);
    }
}
