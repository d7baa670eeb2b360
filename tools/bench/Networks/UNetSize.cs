using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Bench.Networks;

/// <summary>A UNet, and the text that it reads.</summary>
/// <param name="Config">The network.</param>
/// <param name="Tokens">Tokens of a prompt.</param>
internal sealed record UNetSize(UNet2DConditionConfig Config, int Tokens)
{
    /// <summary>Stable Diffusion v1.5's: 859.5 million parameters.</summary>
    public static UNetSize StableDiffusion { get; } = new(new UNet2DConditionConfig(), Tokens: 77);

    /// <summary>The peer's small one: 17.8 million parameters on three levels.</summary>
    public static UNetSize Tiny { get; } = new(
        new UNet2DConditionConfig
        {
            SampleSize = 16,
            DownBlockTypes = ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
            UpBlockTypes = ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
            BlockOutChannels = [64, 128, 256],
            CrossAttentionDim = 128,
            AttentionHeadDim = [4],
        },
        Tokens: 77);

    /// <summary>The same blocks with as few channels and tokens as there can be: hardly anything but what is not computing.</summary>
    public UNetSize Skeleton => new(
        Config with
        {
            BlockOutChannels = [.. Config.BlockOutChannels.Select(_ => 8)],
            NormNumGroups = 4,
            CrossAttentionDim = 4,
            AttentionHeadDim = [2],
        },
        Tokens: 1);
}
