using AlignT2I.Engine;

namespace AlignT2I.Models.Parity;

/// <summary>Gives a model the weights of a recorded case, which are a function of their names.</summary>
/// <param name="weights">Variant and seed.</param>
public sealed class SyntheticParameters(SyntheticWeights weights) : ParameterSource
{
    /// <inheritdoc/>
    public override void Read(string name, Shape fileShape, Init init, Span<float> values) =>
        weights.Fill(name, fileShape.ToArray(), values);
}
