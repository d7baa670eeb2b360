using System.Text.Json;
using System.Text.Json.Serialization;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Aesthetic;

/// <summary>The shape of an <see cref="AestheticPredictor"/>: its <c>config.json</c>.</summary>
/// <remarks>
/// The published weights come without one: <see cref="OfShapes"/> tells it from them. The defaults are those of version 2.
/// </remarks>
public sealed record AestheticPredictorConfig
{
    const int MostLayers = 16;

    /// <summary>The class that the file describes: <c>AestheticPredictor</c>.</summary>
    [JsonPropertyName("_class_name")]
    public string ClassName { get; set; } = "AestheticPredictor";

    /// <summary>Width of an image's embedding: 768 for CLIP ViT-L/14.</summary>
    public int EmbedDim { get; set; } = 768;

    /// <summary>Widths of the hidden layers; none makes version 1, a linear model.</summary>
    public int[] HiddenSizes { get; set; } = [1024, 128, 64, 16];

    /// <summary>Keys of the file that have no property here.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? OtherKeys { get; set; }

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">The file is not such a configuration.</exception>
    public static AestheticPredictorConfig Read(string path)
    {
        AestheticPredictorConfig config = ConfigFile.Parse(
            ConfigFile.ReadText(path), path, AestheticJson.Default.AestheticPredictorConfig);
        config.Validate(path);
        return config;
    }

    /// <summary>Tells the configuration from the weights.</summary>
    /// <param name="shapeOf">Shape of a tensor of the checkpoint; null where there is none of that name.</param>
    /// <param name="where">What error messages call the checkpoint.</param>
    /// <exception cref="FileFormatException">The weights are of no such model.</exception>
    public static AestheticPredictorConfig OfShapes(Func<string, Shape?> shapeOf, string where)
    {
        if (shapeOf("weight") is { Rank: 2 } linear)
            return new AestheticPredictorConfig { EmbedDim = linear[1], HiddenSizes = [] };
        List<Shape> hidden = [];
        while (hidden.Count < MostLayers && shapeOf($"layers.{2 * hidden.Count}.weight") is { Rank: 2 } layer)
            hidden.Add(layer);
        return hidden.Count > 0
            ? new AestheticPredictorConfig { EmbedDim = hidden[0][1], HiddenSizes = [.. hidden.Select(shape => shape[0])] }
            : throw new FileFormatException(where, "it has no matrix 'weight' or 'layers.0.weight'; expected an aesthetic predictor.");
    }

    /// <summary>Writes a <c>config.json</c>.</summary>
    public void Write(string path) => ConfigFile.Write(path, this, AestheticJson.Default.AestheticPredictorConfig);

    /// <summary>Checks that the parts fit together.</summary>
    /// <param name="where">What error messages call the configuration.</param>
    /// <exception cref="FileFormatException">They do not; the message names the key, its value and what would fit.</exception>
    public void Validate(string where)
    {
        var check = new ConfigCheck(where);
        check.Equal("_class_name", ClassName, "AestheticPredictor");
        check.Positive("embed_dim", EmbedDim);
        check.That(
            HiddenSizes is { Length: <= MostLayers }, "hidden_sizes", $"of {HiddenSizes?.Length ?? 0} entries",
            $"0 to {MostLayers} widths");
        foreach (int size in HiddenSizes!)
            check.Positive("hidden_sizes", size);
    }
}
