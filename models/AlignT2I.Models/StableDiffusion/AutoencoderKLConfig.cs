using System.Text.Json;
using System.Text.Json.Serialization;
using AlignT2I.Files;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>The shape of an <see cref="AutoencoderKL"/>, in the vocabulary of diffusers' <c>vae/config.json</c>.</summary>
/// <remarks>The defaults are Stable Diffusion v1.5's. Keys that this class does not know are kept and written back.</remarks>
public sealed record AutoencoderKLConfig
{
    const string Down = "DownEncoderBlock2D", Up = "UpDecoderBlock2D";

    /// <summary>The class that the file describes: <c>AutoencoderKL</c>.</summary>
    [JsonPropertyName("_class_name")]
    public string ClassName { get; set; } = "AutoencoderKL";

    /// <summary>Channels of the images that are encoded.</summary>
    public int InChannels { get; set; } = 3;

    /// <summary>Channels of the images that are decoded.</summary>
    public int OutChannels { get; set; } = 3;

    /// <summary>One name per resolution, from the finest: <c>DownEncoderBlock2D</c>.</summary>
    public string[] DownBlockTypes { get; set; } = [Down, Down, Down, Down];

    /// <summary>One name per resolution, from the coarsest: <c>UpDecoderBlock2D</c>.</summary>
    public string[] UpBlockTypes { get; set; } = [Up, Up, Up, Up];

    /// <summary>Channels at each resolution, from the finest.</summary>
    public int[] BlockOutChannels { get; set; } = [128, 256, 512, 512];

    /// <summary>Residual blocks per resolution in the encoder; one more in the decoder.</summary>
    public int LayersPerBlock { get; set; } = 2;

    /// <summary>Activation of the residual blocks: <c>silu</c>.</summary>
    public string ActFn { get; set; } = "silu";

    /// <summary>Channels of the latents.</summary>
    public int LatentChannels { get; set; } = 4;

    /// <summary>Groups of every group normalization; divides every entry of <see cref="BlockOutChannels"/>.</summary>
    public int NormNumGroups { get; set; } = 32;

    /// <summary>Height and width of the images that the model was trained on.</summary>
    public int SampleSize { get; set; } = 512;

    /// <summary>Latents are the encoder's sample times this, so that their variance is about 1.</summary>
    public double ScalingFactor { get; set; } = 0.18215;

    /// <summary>Keys of the file that have no property here.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? OtherKeys { get; set; }

    /// <summary>Number of resolutions.</summary>
    [JsonIgnore]
    public int Levels => BlockOutChannels.Length;

    /// <summary>Pixels per latent along one side: 8 in Stable Diffusion.</summary>
    [JsonIgnore]
    public int DownsamplingFactor => 1 << (Levels - 1);

    /// <summary>Side of the latents of an image.</summary>
    /// <param name="pixels">Side of the image.</param>
    /// <param name="name">What it is called in a message: height or width.</param>
    /// <exception cref="UsageException">It is not a multiple of the downsampling factor.</exception>
    public int LatentSide(int pixels, string name) => pixels > 0 && pixels % DownsamplingFactor == 0 ? pixels / DownsamplingFactor
        : throw new UsageException($"{name} = {pixels} pixels does not fit the model; choose a multiple of {DownsamplingFactor}.");

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">The file is not such a configuration, or one that this model cannot follow.</exception>
    public static AutoencoderKLConfig Read(string path) => Parse(ConfigFile.ReadText(path), path);

    /// <summary>Parses the text of a <c>config.json</c>.</summary>
    /// <param name="json">The text.</param>
    /// <param name="where">What error messages call it, such as the file's path.</param>
    /// <exception cref="FileFormatException">The text is not such a configuration, or one that this model cannot follow.</exception>
    public static AutoencoderKLConfig Parse(string json, string where)
    {
        AutoencoderKLConfig config = ConfigFile.Parse(json, where, ConfigJson.Default.AutoencoderKLConfig);
        config.Validate(where);
        return config;
    }

    /// <summary>Writes a <c>config.json</c>.</summary>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public void Write(string path) => ConfigFile.Write(path, this, ConfigJson.Default.AutoencoderKLConfig);

    /// <summary>Checks that the parts fit together.</summary>
    /// <param name="where">What error messages call the configuration.</param>
    /// <exception cref="FileFormatException">They do not; the message names the key, its value and what would fit.</exception>
    public void Validate(string where)
    {
        var check = new ConfigCheck(where);
        check.Equal("_class_name", ClassName, "AutoencoderKL");
        check.Positive("in_channels", InChannels);
        check.Positive("out_channels", OutChannels);
        check.Positive("latent_channels", LatentChannels);
        check.Positive("layers_per_block", LayersPerBlock);
        check.Positive("sample_size", SampleSize);
        check.Channels("block_out_channels", BlockOutChannels, NormNumGroups);
        check.Blocks("down_block_types", DownBlockTypes, Levels, Down);
        check.Blocks("up_block_types", UpBlockTypes, Levels, Up);
        check.Equal("act_fn", ActFn, "silu");
        check.That(ScalingFactor > 0, "scaling_factor", ScalingFactor, "a positive number");
        check.Unsupported(OtherKeys, ("use_quant_conv", "true"), ("use_post_quant_conv", "true"), ("mid_block_add_attention", "true"),
            ("shift_factor", "null"), ("latents_mean", "null"), ("latents_std", "null"));
    }
}
