namespace AlignT2I.Engine;

/// <summary>
/// y = activation(x weightᵀ + bias + residual) over the last axis. Parameters <c>weight</c> [outFeatures, inFeatures] and
/// <c>bias</c> [outFeatures].
/// </summary>
public sealed class Linear : Module<Tensor, Tensor?, Activation>
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

    /// <inheritdoc cref="Forward"/>
    public new Tensor Call(Tensor x, Tensor? residual = null, Activation activation = Activation.None) =>
        base.Call(x, residual, activation);

    /// <param name="x">[..., inFeatures].</param>
    /// <param name="residual">[..., outFeatures]; null for none.</param>
    /// <param name="activation">Applied to the sum.</param>
    /// <returns>[..., outFeatures].</returns>
    protected override Tensor Forward(Tensor x, Tensor? residual, Activation activation) =>
        F.Linear(x, weight, bias, adaptation is null ? residual : adaptation.AddTo(x, residual), activation);
}
