namespace AlignT2I.Engine;

/// <summary>Group normalization, with SiLU after it on demand. Parameters <c>weight</c> [C] and <c>bias</c> [C].</summary>
/// <remarks>Wu &amp; He 2018, arXiv:1803.08494.</remarks>
public sealed class GroupNorm : Module<Tensor>
{
    readonly Tensor weight, bias;
    readonly int groups;
    readonly float eps;
    readonly bool silu;

    /// <summary>A layer of <paramref name="groups"/> groups over <paramref name="channels"/> channels.</summary>
    public GroupNorm(ParameterBuilder p, int groups, int channels, float eps, bool silu = false)
    {
        weight = p.AccumulatorWeight("weight", [channels], Init.Ones);
        bias = p.AccumulatorWeight("bias", [channels], Init.Zeros);
        this.groups = groups;
        this.eps = eps;
        this.silu = silu;
    }

    /// <param name="x">[N, H, W, C].</param>
    /// <returns>[N, H, W, C].</returns>
    protected override Tensor Forward(Tensor x) =>
        silu ? F.GroupNormSilu(x, weight, bias, groups, eps) : F.GroupNorm(x, weight, bias, groups, eps);
}
