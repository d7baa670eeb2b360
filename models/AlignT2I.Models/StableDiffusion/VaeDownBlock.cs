using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>One resolution of the encoder: residual blocks, then downsampling.</summary>
/// <remarks>Parameter names as in diffusers' DownEncoderBlock2D.</remarks>
internal sealed class VaeDownBlock : Module<Tensor>
{
    readonly VaeResnetBlock[] resnets;
    readonly Downsample2D? downsampler;     // none at the coarsest resolution

    public VaeDownBlock(ParameterBuilder p, AutoencoderKLConfig config, int level)
    {
        int inChannels = config.BlockOutChannels[Math.Max(level - 1, 0)], channels = config.BlockOutChannels[level];
        resnets = new VaeResnetBlock[config.LayersPerBlock];
        for (int i = 0; i < resnets.Length; i++)
            resnets[i] = new VaeResnetBlock(p["resnets"][i], i == 0 ? inChannels : channels, channels, config.NormNumGroups);
        if (level < config.Levels - 1)
            downsampler = new Downsample2D(p["downsamplers"][0], channels, new Padding2d(Top: 0, Bottom: 1, Left: 0, Right: 1));
    }

    /// <param name="x">Feature map [N, H, W, channels of the level before].</param>
    /// <returns>[N, H/2, W/2, channels], or [N, H, W, channels] at the coarsest resolution.</returns>
    protected override Tensor Forward(Tensor x)
    {
        foreach (VaeResnetBlock resnet in resnets)
            x = resnet.Call(x);
        return downsampler?.Call(x) ?? x;
    }
}
