using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>The coarsest resolution: residual block, transformer, residual block.</summary>
/// <remarks>Parameter names as in diffusers' UNetMidBlock2DCrossAttn.</remarks>
internal sealed class MidBlock : Module<Tensor, Tensor, Tensor>
{
    readonly ResnetBlock first, second;
    readonly Transformer2D attention;

    public MidBlock(ParameterBuilder p, UNet2DConditionConfig config)
    {
        int level = config.Levels - 1, channels = config.BlockOutChannels[level];
        first = new ResnetBlock(p["resnets"][0], channels, channels, config.TimeEmbedDim, config.NormNumGroups, (float)config.NormEps);
        attention = new Transformer2D(p["attentions"][0], channels, config.CrossAttentionDim, config.Heads(level), config.NormNumGroups);
        second = new ResnetBlock(p["resnets"][1], channels, channels, config.TimeEmbedDim, config.NormNumGroups, (float)config.NormEps);
    }

    /// <summary>
    /// Whether the backward pass computes what is inside of residual blocks and transformers again instead of holding it.
    /// </summary>
    public bool GradientCheckpointing { get; set; }

    /// <param name="x">Feature map [N, H, W, channels].</param>
    /// <param name="temb">Time embedding [N, timeEmbedDim].</param>
    /// <param name="encoderHiddenStates">Text states [N, T, crossAttentionDim].</param>
    /// <returns>[N, H, W, channels].</returns>
    protected override Tensor Forward(Tensor x, Tensor temb, Tensor encoderHiddenStates)
    {
        x = first.Call(x, temb, GradientCheckpointing);
        x = attention.Call(x, encoderHiddenStates, GradientCheckpointing);
        return second.Call(x, temb, GradientCheckpointing);
    }
}
