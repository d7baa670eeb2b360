using AlignT2I.WeightsConverter.Streaming;

namespace AlignT2I.WeightsConverter.Loading;

/// <summary>Tensors of no model that is known: they can be written to one file, under the names that they have.</summary>
internal sealed class OtherWeights : WeightsModel
{
    public OtherWeights(TensorTable table) : base(table.Path, ModelKind.Other)
    {
        Add("", "", [.. table.Tensors]);
        Own(table);
    }

    internal override void WriteConfigs(string folder) => RequireKnown();

    internal override IEnumerable<ModelTensor> SingleFile() => Components[0].Tensors;
}
