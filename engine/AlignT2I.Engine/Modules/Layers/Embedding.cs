namespace AlignT2I.Engine;

/// <summary>A table of vectors, looked up by index. Parameter <c>weight</c> [count, dim].</summary>
public sealed class Embedding : Module<Tensor>
{
    /// <summary>A table started from a normal distribution.</summary>
    public Embedding(ParameterBuilder p, int count, int dim, double standardDeviation = 0.02) =>
        Weight = p.Weight("weight", [count, dim], Init.Normal(standardDeviation));

    /// <summary>The table [count, dim].</summary>
    public Tensor Weight { get; }

    /// <param name="ids">I32 of any shape, each in 0..count-1.</param>
    /// <returns>[..., dim].</returns>
    protected override Tensor Forward(Tensor ids) => F.Embedding(ids, Weight);
}
