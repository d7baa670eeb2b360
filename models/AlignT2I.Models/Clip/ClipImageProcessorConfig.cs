using System.Text.Json;
using System.Text.Json.Serialization;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Clip;

/// <summary>What <c>feature_extractor/preprocessor_config.json</c> says of the pixels that CLIP's image tower was trained on.</summary>
/// <remarks>Keys and defaults as transformers' CLIPImageProcessor. The size is the tower's own <c>image_size</c>.</remarks>
public sealed record ClipImageProcessorConfig
{
    /// <summary>Class in transformers.</summary>
    public string ImageProcessorType { get; set; } = "CLIPImageProcessor";

    /// <summary>Mean of red, green and blue, in 0..1.</summary>
    public double[] ImageMean { get; set; } = [0.48145466, 0.4578275, 0.40821073];

    /// <summary>Standard deviation of red, green and blue, in 0..1.</summary>
    public double[] ImageStd { get; set; } = [0.26862954, 0.26130258, 0.27577711];

    /// <summary>Keys that this program does not use.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? OtherKeys { get; set; }

    /// <summary>Reads the file; CLIP's own values where there is none.</summary>
    /// <exception cref="AlignT2I.Files.FileFormatException">The file is not JSON, or a value does not fit.</exception>
    public static ClipImageProcessorConfig Read(string path)
    {
        if (!File.Exists(path))
            return new ClipImageProcessorConfig();
        ClipImageProcessorConfig config = ConfigFile.Parse(ConfigFile.ReadText(path), path, ClipJson.Default.ClipImageProcessorConfig);
        var check = new ConfigCheck(path);
        check.That(
            config.ImageMean is { Length: 3 }, "image_mean", $"of {config.ImageMean?.Length ?? 0} numbers",
            "three numbers: red, green, blue");
        check.That(
            config.ImageStd is { Length: 3 } && config.ImageStd.All(s => s > 0), "image_std", $"of {config.ImageStd?.Length ?? 0} numbers",
            "three positive numbers: red, green, blue");
        return config;
    }

    /// <summary>Writes the file.</summary>
    public void Write(string path) => ConfigFile.Write(path, this, ClipJson.Default.ClipImageProcessorConfig);
}
