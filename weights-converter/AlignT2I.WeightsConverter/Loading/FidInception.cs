using AlignT2I.Engine;
using AlignT2I.Models.Inception;
using AlignT2I.WeightsConverter.Names;
using AlignT2I.WeightsConverter.Streaming;

namespace AlignT2I.WeightsConverter.Loading;

/// <summary>The Inception network of the Fréchet inception distance, as pytorch-fid publishes it; its names stay.</summary>
internal sealed class FidInception : WeightsModel
{
    readonly ModelTensor[] unused;

    public FidInception(TensorTable table) : base(table.Path, ModelKind.FidInception)
    {
        var reader = new ComponentReader(table);
        Add("", "", reader.Read("inception", ParameterOutline.Of(p => _ = new InceptionV3(p)), Rearrange.AsIs));
        reader.Finish("inception", InceptionV3.IsUnused);
        AddProblems(reader);
        unused = [.. table.Tensors.Where(t => InceptionV3.IsUnused(t.Name))];
        Own(table);
    }

    /// <summary>All that the checkpoint has, the classifier that the distance does not need included: other programs want it.</summary>
    internal override IEnumerable<ModelTensor> SingleFile() => Components[0].Tensors.Concat(unused);
}
