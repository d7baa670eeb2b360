namespace AlignT2I.Engine;

/// <summary>What low-rank adaptation adds to a linear layer's output.</summary>
/// <param name="Down">[rank, in].</param>
/// <param name="Up">[out, rank].</param>
/// <param name="Scale">alpha / rank.</param>
internal sealed record LowRank(Tensor Down, Tensor Up, float Scale)
{
    /// <param name="x">[..., in].</param>
    /// <param name="residual">What else is added [..., out]; null for nothing.</param>
    /// <returns>residual + scale · x downᵀ upᵀ.</returns>
    public Tensor AddTo(Tensor x, Tensor? residual) => F.Linear(F.Affine(F.Linear(x, Down), Scale), Up, residual: residual);
}
