using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>One resolution on the way down: residual blocks, each followed by a transformer where it attends, then downsampling.</summary>
/// <remarks>Parameter names as in diffusers' CrossAttnDownBlock2D and DownBlock2D.</remarks>
internal sealed class DownBlock : MultiModule<Tensor, Tensor, Tensor>
{
    readonly ResnetBlock[] resnets;
    readonly Transformer2D[] attentions;
    readonly Downsample2D? downsampler;     // none at the coarsest resolution

    public DownBlock(ParameterBuilder p, UNet2DConditionConfig config, int level)
    {
        int inChannels = config.BlockOutChannels[Math.Max(level - 1, 0)], channels = config.BlockOutChannels[level];
        resnets = new ResnetBlock[config.LayersPerBlock];
        attentions = config.DownAttends(level) ? new Transformer2D[config.LayersPerBlock] : [];
        for (int i = 0; i < resnets.Length; i++)
            resnets[i] = new ResnetBlock(p["resnets"][i], i == 0 ? inChannels : channels, channels,
                config.TimeEmbedDim, config.NormNumGroups, (float)config.NormEps);
        for (int i = 0; i < attentions.Length; i++)
            attentions[i] = new Transformer2D(
                p["attentions"][i], channels, config.CrossAttentionDim, config.Heads(level), config.NormNumGroups);
        if (level < config.Levels - 1)
            downsampler = new Downsample2D(p["downsamplers"][0], channels, padding: 1);
    }

    /// <summary>
    /// Whether the backward pass computes what is inside of residual blocks and transformers again instead of holding it.
    /// </summary>
    public bool GradientCheckpointing { get; set; }

    /// <param name="x">Feature map [N, H, W, channels of the level before].</param>
    /// <param name="temb">Time embedding [N, timeEmbedDim].</param>
    /// <param name="encoderHiddenStates">Text states [N, T, crossAttentionDim].</param>
    /// <returns>The feature map after every layer, for the way up; the last goes on down.</returns>
    protected override Tensor[] Forward(Tensor x, Tensor temb, Tensor encoderHiddenStates)
    {
        var states = new List<Tensor>(resnets.Length + 1);
        for (int i = 0; i < resnets.Length; i++)
        {
            x = resnets[i].Call(x, temb, GradientCheckpointing);
            if (attentions.Length > 0)
                x = attentions[i].Call(x, encoderHiddenStates, GradientCheckpointing);
            states.Add(x);
        }
        if (downsampler is not null)
            states.Add(downsampler.Call(x));
        return [.. states];
    }
}
