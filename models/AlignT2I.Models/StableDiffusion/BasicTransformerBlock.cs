using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>Self-attention, attention to the text, feed-forward; each on normalized tokens and added to them.</summary>
/// <remarks>Rombach et al. 2022, arXiv:2112.10752. Parameter names as in diffusers' BasicTransformerBlock.</remarks>
internal sealed class BasicTransformerBlock : Module<Tensor, Tensor>
{
    const float Eps = 1e-5f;

    readonly LayerNorm norm1, norm2, norm3;
    readonly CrossAttention attn1, attn2;
    readonly FeedForward ff;

    public BasicTransformerBlock(ParameterBuilder p, int channels, int crossAttentionDim, int heads)
    {
        norm1 = new LayerNorm(p["norm1"], channels, Eps);
        attn1 = new CrossAttention(p["attn1"], channels, channels, heads);
        norm2 = new LayerNorm(p["norm2"], channels, Eps);
        attn2 = new CrossAttention(p["attn2"], channels, crossAttentionDim, heads);
        norm3 = new LayerNorm(p["norm3"], channels, Eps);
        ff = new FeedForward(p["ff"], channels);
    }

    /// <param name="x">Tokens [N, S, channels].</param>
    /// <param name="encoderHiddenStates">Text states [N, T, crossAttentionDim].</param>
    /// <returns>[N, S, channels].</returns>
    protected override Tensor Forward(Tensor x, Tensor encoderHiddenStates)
    {
        Tensor h = norm1.Call(x);
        x = attn1.Call(h, h, x);
        x = attn2.Call(norm2.Call(x), encoderHiddenStates, x);
        return ff.Call(norm3.Call(x), x);
    }
}
