using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>Spatial transformer: every pixel of a feature map is a token that attends to the others and to the text.</summary>
/// <remarks>Rombach et al. 2022, arXiv:2112.10752. Parameter names as in diffusers' Transformer2DModel.</remarks>
internal sealed class Transformer2D : Module<Tensor, Tensor>
{
    const float Eps = 1e-6f;        // not the residual blocks' 1e-5

    readonly GroupNorm norm;
    readonly Conv2d projIn, projOut;
    readonly BasicTransformerBlock block;

    public Transformer2D(ParameterBuilder p, int channels, int crossAttentionDim, int heads, int groups)
    {
        norm = new GroupNorm(p["norm"], groups, channels, Eps);
        projIn = new Conv2d(p["proj_in"], channels, channels, kernel: 1);
        block = new BasicTransformerBlock(p["transformer_blocks"][0], channels, crossAttentionDim, heads);
        projOut = new Conv2d(p["proj_out"], channels, channels, kernel: 1);
    }

    /// <param name="x">Feature map [N, H, W, channels].</param>
    /// <param name="encoderHiddenStates">Text states [N, T, crossAttentionDim].</param>
    /// <returns>[N, H, W, channels].</returns>
    protected override Tensor Forward(Tensor x, Tensor encoderHiddenStates)
    {
        int n = x.Shape[0], height = x.Shape[1], width = x.Shape[2], channels = x.Shape[3];
        Tensor h = projIn.Call(norm.Call(x)).Reshape([n, height * width, channels]);
        h = block.Call(h, encoderHiddenStates).Reshape(x.Shape);
        return projOut.Call(h, residual: x);
    }
}
