using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>
/// One resolution on the way up: residual blocks that take in the feature maps of the way down, each followed by a transformer where it
/// attends. The upsampling that follows is called apart, as it depends on the size of what comes next.
/// </summary>
/// <remarks>Parameter names as in diffusers' CrossAttnUpBlock2D and UpBlock2D.</remarks>
internal sealed class UpBlock : Module<Tensor[], Tensor, Tensor>
{
    readonly ResnetBlock[] resnets;
    readonly Transformer2D[] attentions;

    public UpBlock(ParameterBuilder p, UNet2DConditionConfig config, int level)
    {
        int channels = config.BlockOutChannels[level];
        int below = config.BlockOutChannels[Math.Min(level + 1, config.Levels - 1)];        // what comes up
        int skipBelow = config.BlockOutChannels[Math.Max(level - 1, 0)];                    // the last skip is the level's own input
        resnets = new ResnetBlock[config.LayersPerBlock + 1];
        attentions = config.UpAttends(level) ? new Transformer2D[resnets.Length] : [];
        for (int i = 0; i < resnets.Length; i++)
        {
            int inChannels = (i == 0 ? below : channels) + (i == resnets.Length - 1 ? skipBelow : channels);
            resnets[i] = new ResnetBlock(
                p["resnets"][i], inChannels, channels, config.TimeEmbedDim, config.NormNumGroups, (float)config.NormEps);
        }
        for (int i = 0; i < attentions.Length; i++)
            attentions[i] = new Transformer2D(
                p["attentions"][i], channels, config.CrossAttentionDim, config.Heads(level), config.NormNumGroups);
        if (level > 0)
            Upsampler = new Upsample2D(p["upsamplers"][0], channels);
    }

    /// <summary>To the next finer resolution; null at the finest.</summary>
    public Upsample2D? Upsampler { get; }

    /// <summary>
    /// Whether the backward pass computes what is inside of residual blocks and transformers again instead of holding it.
    /// </summary>
    public bool GradientCheckpointing { get; set; }

    /// <param name="states">The feature map from below, then the way down's in the order in which they are taken in.</param>
    /// <param name="temb">Time embedding [N, timeEmbedDim].</param>
    /// <param name="encoderHiddenStates">Text states [N, T, crossAttentionDim].</param>
    /// <returns>Feature map [N, H, W, channels].</returns>
    protected override Tensor Forward(Tensor[] states, Tensor temb, Tensor encoderHiddenStates)
    {
        Tensor x = states[0];
        for (int i = 0; i < resnets.Length; i++)
        {
            x = resnets[i].Call(F.Concat(x, states[i + 1]), temb, GradientCheckpointing);
            if (attentions.Length > 0)
                x = attentions[i].Call(x, encoderHiddenStates, GradientCheckpointing);
        }
        return x;
    }
}
