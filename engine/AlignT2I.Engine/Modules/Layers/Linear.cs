namespace AlignT2I.Engine;

/// <summary>
/// y = x weightᵀ + bias over the last axis. Parameters <c>weight</c> [outFeatures, inFeatures] and <c>bias</c> [outFeatures].
/// </summary>
public sealed class Linear : Module<Tensor>
{
    readonly Tensor weight;
    readonly Tensor? bias;
    readonly LowRank? adaptation;

    /// <summary>A layer from <paramref name="inFeatures"/> to <paramref name="outFeatures"/>, started as torch.nn.Linear.</summary>
    public Linear(ParameterBuilder p, int inFeatures, int outFeatures, bool bias = true)
    {
        weight = p.Weight("weight", [outFeatures, inFeatures], Init.KaimingUniform(inFeatures));
        this.bias = bias ? p.Weight("bias", [outFeatures], Init.KaimingUniform(inFeatures)) : null;
        adaptation = p.Adaptation(inFeatures, outFeatures);
    }

    /// <param name="x">[..., inFeatures].</param>
    /// <returns>[..., outFeatures].</returns>
    protected override Tensor Forward(Tensor x)
    {
        Tensor y = F.Linear(x, weight, bias);
        return adaptation is null ? y : adaptation.AddTo(x, y);
    }
}
