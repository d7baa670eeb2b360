namespace AlignT2I.Engine;

/// <summary>Layer normalization over the last axis. Parameters <c>weight</c> [C] and <c>bias</c> [C].</summary>
/// <remarks>Ba et al. 2016, arXiv:1607.06450.</remarks>
public sealed class LayerNorm : Module<Tensor>
{
    readonly Tensor weight, bias;
    readonly float eps;

    /// <summary>A layer over <paramref name="channels"/> channels.</summary>
    public LayerNorm(ParameterBuilder p, int channels, float eps = 1e-5f)
    {
        weight = p.AccumulatorWeight("weight", [channels], Init.Ones);
        bias = p.AccumulatorWeight("bias", [channels], Init.Zeros);
        this.eps = eps;
    }

    /// <param name="x">[..., C].</param>
    /// <returns>[..., C].</returns>
    protected override Tensor Forward(Tensor x) => F.LayerNorm(x, weight, bias, eps);
}
