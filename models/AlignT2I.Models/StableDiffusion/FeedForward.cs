using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>Feed-forward part of a transformer block: a gated linear unit with exact GELU, four times as wide as the tokens.</summary>
/// <remarks>Shazeer 2020, arXiv:2002.05202 (GEGLU). Parameter names as in diffusers' FeedForward.</remarks>
internal sealed class FeedForward : Module<Tensor, Tensor>
{
    readonly Linear proj, output;

    public FeedForward(ParameterBuilder p, int channels)
    {
        proj = new Linear(p["net"][0]["proj"], channels, 2 * 4 * channels);
        output = new Linear(p["net"][2], 4 * channels, channels);
    }

    /// <param name="x">Tokens [N, S, channels].</param>
    /// <param name="residual">Tokens that the result is added to [N, S, channels].</param>
    /// <returns>[N, S, channels].</returns>
    protected override Tensor Forward(Tensor x, Tensor residual) => output.Call(F.Geglu(proj.Call(x)), residual);
}
