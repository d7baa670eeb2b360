using AlignT2I.Engine;
using AlignT2I.Models.Aesthetic;
using AlignT2I.WeightsConverter.Names;
using AlignT2I.WeightsConverter.Streaming;

namespace AlignT2I.WeightsConverter.Loading;

/// <summary>An aesthetic predictor as LAION publishes it; its names stay, and the sizes of its layers become its configuration.</summary>
internal sealed class AestheticWeights : WeightsModel
{
    readonly AestheticPredictorConfig config;

    public AestheticWeights(TensorTable table) : base(table.Path, ModelKind.AestheticPredictor)
    {
        config = AestheticPredictorConfig.OfShapes(ShapeOf, table.Path);
        config.Validate(table.Path);
        var reader = new ComponentReader(table);
        Add("", "model.safetensors",
            reader.Read("aesthetic", ParameterOutline.Of(p => _ = new AestheticPredictor(p, config)), Rearrange.AsIs));
        reader.Finish("aesthetic", _ => false);
        AddProblems(reader);
        Own(table);

        Shape? ShapeOf(string name) => table.TryGet(name, out ModelTensor? tensor) && tensor.Shape.Count is > 0 and <= Shape.MaxRank
            ? Shape.Create([.. tensor.Shape.Select(d => (int)Math.Min(d, int.MaxValue))]) : (Shape?)null;
    }

    internal override void WriteConfigs(string folder) => config.Write(System.IO.Path.Combine(folder, "config.json"));

    internal override IEnumerable<ModelTensor> SingleFile() => Components[0].Tensors;
}
