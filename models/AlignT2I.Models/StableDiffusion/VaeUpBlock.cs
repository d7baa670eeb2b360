using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>One resolution of the decoder: residual blocks, then upsampling.</summary>
/// <remarks>Parameter names as in diffusers' UpDecoderBlock2D.</remarks>
internal sealed class VaeUpBlock : Module<Tensor>
{
    readonly VaeResnetBlock[] resnets;
    readonly Upsample2D? upsampler;         // none at the finest resolution

    public VaeUpBlock(ParameterBuilder p, AutoencoderKLConfig config, int level)
    {
        int inChannels = config.BlockOutChannels[Math.Min(level + 1, config.Levels - 1)], channels = config.BlockOutChannels[level];
        resnets = new VaeResnetBlock[config.LayersPerBlock + 1];
        for (int i = 0; i < resnets.Length; i++)
            resnets[i] = new VaeResnetBlock(p["resnets"][i], i == 0 ? inChannels : channels, channels, config.NormNumGroups);
        if (level > 0)
            upsampler = new Upsample2D(p["upsamplers"][0], channels);
    }

    /// <param name="x">Feature map [N, H, W, channels of the level below].</param>
    /// <returns>[N, 2H, 2W, channels], or [N, H, W, channels] at the finest resolution.</returns>
    protected override Tensor Forward(Tensor x)
    {
        foreach (VaeResnetBlock resnet in resnets)
            x = resnet.Call(x);
        return upsampler?.Call(x, null) ?? x;
    }
}
