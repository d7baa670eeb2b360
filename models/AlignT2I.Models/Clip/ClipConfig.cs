using System.Text.Json;
using System.Text.Json.Serialization;
using AlignT2I.Files;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Clip;

/// <summary>The shape of a <see cref="ClipModel"/>, in the vocabulary of transformers' CLIP <c>config.json</c>.</summary>
public sealed record ClipConfig
{
    /// <summary>The class that the file describes: <c>clip</c>.</summary>
    public string ModelType { get; set; } = "clip";

    /// <summary>The text tower.</summary>
    public ClipTextConfig TextConfig { get; set; } = new();

    /// <summary>The image tower.</summary>
    public ClipVisionConfig VisionConfig { get; set; } = new();

    /// <summary>Width of the shared embedding; it stands for that of both towers.</summary>
    public int ProjectionDim { get; set; } = 768;

    /// <summary>The logarithm of the scale that similarities start from: ln(1/0.07).</summary>
    public double LogitScaleInitValue { get; set; } = 2.6592;

    /// <summary>Keys of the file that have no property here.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? OtherKeys { get; set; }

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">The file is not such a configuration, or its parts do not fit together.</exception>
    public static ClipConfig Read(string path)
    {
        ClipConfig config = ConfigFile.Parse(ConfigFile.ReadText(path), path, ClipJson.Default.ClipConfig);
        config.Validate(path);
        return config;
    }

    /// <summary>Writes a <c>config.json</c>.</summary>
    public void Write(string path) => ConfigFile.Write(path, this, ClipJson.Default.ClipConfig);

    /// <summary>Checks that the parts fit together.</summary>
    /// <param name="where">What error messages call the configuration.</param>
    /// <exception cref="FileFormatException">They do not; the message names the key, its value and what would fit.</exception>
    public void Validate(string where)
    {
        var check = new ConfigCheck(where);
        check.Positive("projection_dim", ProjectionDim);
        check.That(TextConfig is not null, "text_config", "null", "an object");
        check.That(VisionConfig is not null, "vision_config", "null", "an object");
        TextConfig!.Validate(where + ": text_config");
        VisionConfig!.Validate(where + ": vision_config");
    }
}
