using System.Text.Json;
using System.Text.Json.Serialization;
using AlignT2I.Files;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>The shape of a <see cref="UNet2DCondition"/>, in the vocabulary of diffusers' <c>unet/config.json</c>.</summary>
/// <remarks>The defaults are Stable Diffusion v1.5's. Keys that this class does not know are kept and written back.</remarks>
public sealed record UNet2DConditionConfig
{
    const string CrossAttentionDown = "CrossAttnDownBlock2D", PlainDown = "DownBlock2D";
    const string CrossAttentionUp = "CrossAttnUpBlock2D", PlainUp = "UpBlock2D";

    /// <summary>The class that the file describes: <c>UNet2DConditionModel</c>.</summary>
    [JsonPropertyName("_class_name")]
    public string ClassName { get; set; } = "UNet2DConditionModel";

    /// <summary>Height and width of the latents that the model was trained on.</summary>
    public int SampleSize { get; set; } = 64;

    /// <summary>Channels of the noisy latents.</summary>
    public int InChannels { get; set; } = 4;

    /// <summary>Channels of the noise prediction.</summary>
    public int OutChannels { get; set; } = 4;

    /// <summary>True where the timestep embedding is [cos | sin]; the only order that Stable Diffusion uses.</summary>
    public bool FlipSinToCos { get; set; } = true;

    /// <summary>Shift of the timestep embedding's frequencies; 0 in Stable Diffusion.</summary>
    public double FreqShift { get; set; }

    /// <summary>One name per resolution, from the finest: <c>CrossAttnDownBlock2D</c> or <c>DownBlock2D</c>.</summary>
    public string[] DownBlockTypes { get; set; } = [CrossAttentionDown, CrossAttentionDown, CrossAttentionDown, PlainDown];

    /// <summary>The block at the coarsest resolution: <c>UNetMidBlock2DCrossAttn</c>.</summary>
    public string MidBlockType { get; set; } = "UNetMidBlock2DCrossAttn";

    /// <summary>One name per resolution, from the coarsest: <c>CrossAttnUpBlock2D</c> or <c>UpBlock2D</c>.</summary>
    public string[] UpBlockTypes { get; set; } = [PlainUp, CrossAttentionUp, CrossAttentionUp, CrossAttentionUp];

    /// <summary>Channels at each resolution, from the finest.</summary>
    public int[] BlockOutChannels { get; set; } = [320, 640, 1280, 1280];

    /// <summary>Residual blocks per resolution on the way down; one more on the way up.</summary>
    public int LayersPerBlock { get; set; } = 2;

    /// <summary>Padding of the downsampling convolution: 1 on all sides.</summary>
    public int DownsamplePadding { get; set; } = 1;

    /// <summary>Divides the residual sums of the middle block; 1 in Stable Diffusion.</summary>
    public double MidBlockScaleFactor { get; set; } = 1;

    /// <summary>Activation of the residual blocks: <c>silu</c>.</summary>
    public string ActFn { get; set; } = "silu";

    /// <summary>Groups of every group normalization; divides every entry of <see cref="BlockOutChannels"/>.</summary>
    public int NormNumGroups { get; set; } = 32;

    /// <summary>Added to the variance in the residual blocks' group normalizations.</summary>
    public double NormEps { get; set; } = 1e-5;

    /// <summary>Width of the text encoder's states.</summary>
    public int CrossAttentionDim { get; set; } = 768;

    /// <summary>NUMBER of attention heads (so it is in SD v1.5 in spite of the name): one for all resolutions, or one for each.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public int[] AttentionHeadDim { get; set; } = [8];

    /// <summary>Keys of the file that have no property here.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? OtherKeys { get; set; }

    /// <summary>Number of resolutions.</summary>
    [JsonIgnore]
    public int Levels => BlockOutChannels.Length;

    /// <summary>Width of the time embedding: four times the first block's channels.</summary>
    [JsonIgnore]
    public int TimeEmbedDim => 4 * BlockOutChannels[0];

    /// <summary>Number of attention heads at a resolution, 0 the finest.</summary>
    public int Heads(int level) => AttentionHeadDim.Length == 1 ? AttentionHeadDim[0] : AttentionHeadDim[level];

    /// <summary>True where the way down attends to the text at a resolution, 0 the finest.</summary>
    public bool DownAttends(int level) => DownBlockTypes[level] == CrossAttentionDown;

    /// <summary>True where the way up attends to the text at a resolution, 0 the finest.</summary>
    public bool UpAttends(int level) => UpBlockTypes[Levels - 1 - level] == CrossAttentionUp;

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">The file is not such a configuration, or one that this model cannot follow.</exception>
    public static UNet2DConditionConfig Read(string path) => Parse(ConfigFile.ReadText(path), path);

    /// <summary>Parses the text of a <c>config.json</c>.</summary>
    /// <param name="json">The text.</param>
    /// <param name="where">What error messages call it, such as the file's path.</param>
    /// <exception cref="FileFormatException">The text is not such a configuration, or one that this model cannot follow.</exception>
    public static UNet2DConditionConfig Parse(string json, string where)
    {
        UNet2DConditionConfig config = ConfigFile.Parse(json, where, ConfigJson.Default.UNet2DConditionConfig);
        config.Validate(where);
        return config;
    }

    /// <summary>Writes a <c>config.json</c>.</summary>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public void Write(string path) => ConfigFile.Write(path, this, ConfigJson.Default.UNet2DConditionConfig);

    /// <summary>Checks that the parts fit together.</summary>
    /// <param name="where">What error messages call the configuration.</param>
    /// <exception cref="FileFormatException">They do not; the message names the key, its value and what would fit.</exception>
    public void Validate(string where)
    {
        var check = new ConfigCheck(where);
        check.Equal("_class_name", ClassName, "UNet2DConditionModel");
        check.Positive("in_channels", InChannels);
        check.Positive("out_channels", OutChannels);
        check.Positive("sample_size", SampleSize);
        check.Positive("layers_per_block", LayersPerBlock);
        check.Positive("cross_attention_dim", CrossAttentionDim);
        check.Channels("block_out_channels", BlockOutChannels, NormNumGroups);
        check.That(BlockOutChannels[0] % 2 == 0, "block_out_channels", BlockOutChannels[0],
            "an even first entry (the width of the timestep embedding)");
        check.Blocks("down_block_types", DownBlockTypes, Levels, CrossAttentionDown, PlainDown);
        check.Blocks("up_block_types", UpBlockTypes, Levels, CrossAttentionUp, PlainUp);
        check.Equal("mid_block_type", MidBlockType, "UNetMidBlock2DCrossAttn");
        check.Equal("act_fn", ActFn, "silu");
        check.Equal("flip_sin_to_cos", FlipSinToCos, true);
        check.Equal("freq_shift", FreqShift, 0.0);
        check.Equal("downsample_padding", DownsamplePadding, 1);
        check.Equal("mid_block_scale_factor", MidBlockScaleFactor, 1.0);
        check.That(NormEps > 0, "norm_eps", NormEps, "a positive number");
        check.That(AttentionHeadDim.Length == 1 || AttentionHeadDim.Length == Levels,
            "attention_head_dim", $"[{string.Join(", ", AttentionHeadDim)}]",
            $"one number, or one for each of the {Levels} entries of block_out_channels");
        for (int level = 0; level < Levels; level++)
        {
            bool attends = DownAttends(level) || UpAttends(level) || level == Levels - 1;
            check.Heads("attention_head_dim", Heads(level), BlockOutChannels[level], attends);
        }
        check.Unsupported(OtherKeys,
            ("center_input_sample", "false"), ("use_linear_projection", "false"), ("only_cross_attention", "false"),
            ("dual_cross_attention", "false"), ("transformer_layers_per_block", "1"), ("num_class_embeds", "null"),
            ("class_embed_type", "null"),
            ("addition_embed_type", "null"), ("encoder_hid_dim", "null"), ("resnet_time_scale_shift", "\"default\""),
            ("time_embedding_type", "\"positional\""), ("time_cond_proj_dim", "null"), ("time_embedding_dim", "null"),
            ("num_attention_heads", "null"),
            ("conv_in_kernel", "3"), ("conv_out_kernel", "3"));
    }
}
