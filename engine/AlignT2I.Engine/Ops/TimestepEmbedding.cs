namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>[cos(t f_0), cos(t f_1) ... | sin(t f_0), sin(t f_1) ...], f_i = 10000^(-i / h), h = dim / 2. No gradient flows.</summary>
    /// <remarks>Vaswani et al. 2017, as CompVis/stable-diffusion, ldm/modules/diffusionmodules/util.py, but angles in float64.</remarks>
    /// <param name="timesteps">Diffusion steps [N], F32 or F64: a half could not tell 999 from 1000. They need not be whole.</param>
    /// <param name="dim">Length of the embedding; the last element is zero where it is odd.</param>
    /// <returns>[N, dim], of the type of <paramref name="timesteps"/>.</returns>
    /// <exception cref="ShapeException"><paramref name="timesteps"/> is not [N], or <paramref name="dim"/> is not positive.</exception>
    public static Tensor TimestepEmbedding(Tensor timesteps, int dim)
    {
        Require.Rank(timesteps, 1);
        Require.That(dim > 0, $"dim = {dim}; the embedding has at least one element");

        Tensor y = Tensor.Empty([timesteps.Shape[0], dim], timesteps.DType, timesteps.Backend);
        timesteps.Backend.TimestepEmbedding(timesteps, y);
        return y;
    }
}
