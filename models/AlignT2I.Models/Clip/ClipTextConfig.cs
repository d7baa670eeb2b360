using System.Text.Json;
using System.Text.Json.Serialization;
using AlignT2I.Files;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Clip;

/// <summary>The shape of a <see cref="ClipTextModel"/>, in the vocabulary of transformers' <c>text_encoder/config.json</c>.</summary>
/// <remarks>The defaults are those of CLIP ViT-L/14, the text encoder of Stable Diffusion v1.5. Unknown keys are kept and written
/// back.</remarks>
public sealed record ClipTextConfig
{
    /// <summary>Number of tokens.</summary>
    public int VocabSize { get; set; } = 49408;

    /// <summary>Width of the hidden states.</summary>
    public int HiddenSize { get; set; } = 768;

    /// <summary>Width of the perceptrons between attentions.</summary>
    public int IntermediateSize { get; set; } = 3072;

    /// <summary>Width of the embedding shared with images.</summary>
    public int ProjectionDim { get; set; } = 768;

    /// <summary>Number of transformer layers.</summary>
    public int NumHiddenLayers { get; set; } = 12;

    /// <summary>Attention heads; divides <see cref="HiddenSize"/>.</summary>
    public int NumAttentionHeads { get; set; } = 12;

    /// <summary>Most tokens per prompt.</summary>
    public int MaxPositionEmbeddings { get; set; } = 77;

    /// <summary>Activation of the perceptrons: <c>quick_gelu</c> or <c>gelu</c>.</summary>
    public string HiddenAct { get; set; } = ClipTower.QuickGelu;

    /// <summary>Added to the variance in layer normalization.</summary>
    public double LayerNormEps { get; set; } = 1e-5;

    /// <summary>Id of the first token of a prompt.</summary>
    public int BosTokenId { get; set; } = 49406;

    /// <summary>Id of the token that ends a prompt. Files of early transformers say 2 and mean the last id of the vocabulary.</summary>
    public int EosTokenId { get; set; } = 49407;

    /// <summary>Keys of the file that have no property here.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? OtherKeys { get; set; }

    /// <summary>The id whose first place in a prompt is read as the prompt's summary.</summary>
    [JsonIgnore]
    public int PooledTokenId => EosTokenId == 2 ? VocabSize - 1 : EosTokenId;

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">The file is not such a configuration, or its parts do not fit together.</exception>
    public static ClipTextConfig Read(string path) => Parse(ConfigFile.ReadText(path), path);

    /// <summary>Parses the text of a <c>config.json</c>.</summary>
    /// <param name="json">The text.</param>
    /// <param name="where">What error messages call it, such as the file's path.</param>
    /// <exception cref="FileFormatException">The text is not such a configuration, or its parts do not fit together.</exception>
    public static ClipTextConfig Parse(string json, string where)
    {
        ClipTextConfig config = ConfigFile.Parse(json, where, ClipJson.Default.ClipTextConfig);
        config.Validate(where);
        return config;
    }

    /// <summary>Writes a <c>config.json</c>.</summary>
    public void Write(string path) => ConfigFile.Write(path, this, ClipJson.Default.ClipTextConfig);

    /// <summary>Checks that the parts fit together.</summary>
    /// <param name="where">What error messages call the configuration.</param>
    /// <exception cref="FileFormatException">They do not; the message names the key, its value and what would fit.</exception>
    public void Validate(string where)
    {
        var check = new ConfigCheck(where);
        check.Positive("vocab_size", VocabSize);
        check.Positive("max_position_embeddings", MaxPositionEmbeddings);
        check.That(EosTokenId >= 0 && EosTokenId < VocabSize, "eos_token_id", EosTokenId, $"an id below vocab_size = {VocabSize}");
        ClipTower.Validate(check, HiddenSize, IntermediateSize, ProjectionDim, NumHiddenLayers, NumAttentionHeads, HiddenAct,
            LayerNormEps);
    }
}
