using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>The diffusion step as a vector: sinusoids, then two linear layers.</summary>
/// <remarks>Ho et al. 2020, arXiv:2006.11239, appendix B. Parameter names as in diffusers' TimestepEmbedding.</remarks>
internal sealed class TimeEmbedding : Module<Tensor>
{
    readonly Linear linear1, linear2;
    readonly int channels;
    readonly DType dtype;

    public TimeEmbedding(ParameterBuilder p, int channels, int timeEmbedDim)
    {
        linear1 = new Linear(p["linear_1"], channels, timeEmbedDim);
        linear2 = new Linear(p["linear_2"], timeEmbedDim, timeEmbedDim);
        this.channels = channels;
        dtype = p.DType;
    }

    /// <param name="timesteps">Diffusion steps [N], F32.</param>
    /// <returns>[N, timeEmbedDim].</returns>
    protected override Tensor Forward(Tensor timesteps) =>
        linear2.Call(linear1.Call(F.Cast(F.TimestepEmbedding(timesteps, channels), dtype), activation: Activation.Silu));
}
