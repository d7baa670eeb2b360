using System.Text.Json;
using System.Text.Json.Serialization;
using AlignT2I.Files;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Reward;

/// <summary>The shape of a <see cref="RewardModel"/>: its <c>config.json</c>.</summary>
/// <remarks>The defaults are those of Lee et al. 2023 on CLIP ViT-L/14. Keys that this class does not know are kept and written
/// back.</remarks>
public sealed record RewardModelConfig
{
    /// <summary>The class that the file describes: <c>RewardModel</c>.</summary>
    [JsonPropertyName("_class_name")]
    public string ClassName { get; set; } = "RewardModel";

    /// <summary>Width of an image's embedding.</summary>
    public int ImageEmbedDim { get; set; } = 768;

    /// <summary>Width of a prompt's embedding.</summary>
    public int TextEmbedDim { get; set; } = 768;

    /// <summary>Widths of the hidden layers; none makes a linear model.</summary>
    public int[] HiddenSizes { get; set; } = [1024, 1024];

    /// <summary>Activation between the layers: <c>relu</c>.</summary>
    public string Activation { get; set; } = "relu";

    /// <summary>What bounds the reward: <c>sigmoid</c>.</summary>
    public string Output { get; set; } = "sigmoid";

    /// <summary>
    /// Whether the network also reads the CLIP score, the cosine of the two embeddings. The paper's does not; with hundreds of labels in
    /// place of thousands it is what lets the reward speak of objects that it has no labels of.
    /// </summary>
    public bool ClipScoreInput { get; set; }

    /// <summary>Keys of the file that have no property here.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? OtherKeys { get; set; }

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">The file is not such a configuration, or its parts do not fit together.</exception>
    public static RewardModelConfig Read(string path) => Parse(ConfigFile.ReadText(path), path);

    /// <summary>Parses the text of a <c>config.json</c>.</summary>
    /// <param name="json">The text.</param>
    /// <param name="where">What error messages call it, such as the file's path.</param>
    /// <exception cref="FileFormatException">The text is not such a configuration, or its parts do not fit together.</exception>
    public static RewardModelConfig Parse(string json, string where)
    {
        RewardModelConfig config = ConfigFile.Parse(json, where, RewardJson.Default.RewardModelConfig);
        config.Validate(where);
        return config;
    }

    /// <summary>Writes a <c>config.json</c>.</summary>
    public void Write(string path) => ConfigFile.Write(path, this, RewardJson.Default.RewardModelConfig);

    /// <summary>Checks that the parts fit together.</summary>
    /// <param name="where">What error messages call the configuration.</param>
    /// <exception cref="FileFormatException">They do not; the message names the key, its value and what would fit.</exception>
    public void Validate(string where)
    {
        var check = new ConfigCheck(where);
        check.Equal("_class_name", ClassName, "RewardModel");
        check.Positive("image_embed_dim", ImageEmbedDim);
        check.Positive("text_embed_dim", TextEmbedDim);
        check.That(
            !ClipScoreInput || ImageEmbedDim == TextEmbedDim, "clip_score_input", "true",
            "false where the embeddings differ in length");
        check.That(HiddenSizes is { Length: <= 16 }, "hidden_sizes", $"of {HiddenSizes?.Length ?? 0} entries", "0 to 16 widths");
        foreach (int size in HiddenSizes!)
            check.Positive("hidden_sizes", size);
        check.Equal("activation", Activation, "relu");
        check.Equal("output", Output, "sigmoid");
    }
}
