namespace AlignT2I.Engine;

/// <summary>What low-rank adaptation adds to a linear layer's output.</summary>
/// <param name="Down">[rank, in].</param>
/// <param name="Up">[out, rank].</param>
/// <param name="Scale">alpha / rank.</param>
internal sealed record LowRank(Tensor Down, Tensor Up, float Scale)
{
    /// <param name="x">[..., in].</param>
    /// <param name="y">The layer's own output [..., out].</param>
    /// <returns>y + scale · x downᵀ upᵀ.</returns>
    public Tensor AddTo(Tensor x, Tensor y) => F.Add(y, F.Affine(F.Linear(F.Linear(x, Down), Up), Scale));
}
