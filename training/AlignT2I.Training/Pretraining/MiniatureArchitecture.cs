using AlignT2I.Models.Clip;
using AlignT2I.Models.Schedulers;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Training.Pretraining;

/// <summary>The sizes of the miniature: the classes of SD v1.5 at a thousandth of its parameters.</summary>
internal static class MiniatureArchitecture
{
    /// <summary>Tokens of a prompt with start and end: the longest caption has six words.</summary>
    public const int MaxTokens = 10;

    const int TextWidth = 96;

    /// <summary>64x64 pixels to 16x16 latents of four channels.</summary>
    public static AutoencoderKLConfig Vae { get; } = new()
    {
        DownBlockTypes = ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
        UpBlockTypes = ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"],
        BlockOutChannels = [16, 32, 64],
        LayersPerBlock = 1,
        NormNumGroups = 8,
        SampleSize = 64,
    };

    /// <summary>Two levels, attention on the 8x8 one.</summary>
    public static UNet2DConditionConfig UNet { get; } = new()
    {
        SampleSize = 16,
        DownBlockTypes = ["DownBlock2D", "CrossAttnDownBlock2D"],
        UpBlockTypes = ["CrossAttnUpBlock2D", "UpBlock2D"],
        BlockOutChannels = [64, 128],
        LayersPerBlock = 1,
        NormNumGroups = 16,
        CrossAttentionDim = TextWidth,
        AttentionHeadDim = [4],
    };

    /// <summary>
    /// SD v1.5's betas, DDIM from the last timestep down. Those betas leave 16x16 latents something of their mean even there; `leading`
    /// begins below it, where a picture is of medium brightness whatever the prompt.
    /// </summary>
    public static SchedulerConfig Scheduler { get; } = new() { ClassName = "DDIMScheduler", TimestepSpacing = "trailing" };

    /// <summary>Three text layers; four vision layers over 64 patches of 8x8 pixels.</summary>
    public static ClipConfig Clip(int vocabularySize, int bosTokenId, int eosTokenId) => new()
    {
        ProjectionDim = 64,
        TextConfig = new ClipTextConfig
        {
            VocabSize = vocabularySize,
            HiddenSize = TextWidth,
            IntermediateSize = 4 * TextWidth,
            ProjectionDim = 64,
            NumHiddenLayers = 3,
            NumAttentionHeads = 4,
            MaxPositionEmbeddings = MaxTokens,
            BosTokenId = bosTokenId,
            EosTokenId = eosTokenId,
        },
        VisionConfig = new ClipVisionConfig
        {
            HiddenSize = 96,
            IntermediateSize = 384,
            ProjectionDim = 64,
            NumHiddenLayers = 4,
            NumAttentionHeads = 4,
            ImageSize = 64,
            PatchSize = 8,
        },
    };
}
