using AlignT2I.Files;
using AlignT2I.WeightsConverter.Loading;
using AlignT2I.WeightsConverter.Streaming;

namespace AlignT2I.WeightsConverter.Comparison;

/// <summary>The tensors that two models are compared by: under the names of the model, or under those of the file.</summary>
public sealed class ModelTensors : IDisposable
{
    readonly IDisposable source;

    ModelTensors(IDisposable source, IEnumerable<ModelTensor> tensors)
    {
        this.source = source;
        ByName = tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
    }

    /// <summary>The tensors.</summary>
    public IReadOnlyDictionary<string, ModelTensor> ByName { get; }

    /// <summary>A model's tensors as <c>unet.conv_in.weight</c>, whatever its file calls them.</summary>
    /// <param name="model">The model; disposed with the result.</param>
    public static ModelTensors Of(WeightsModel model) => new(
        model, model.Components.SelectMany(c => c.Tensors.Select(t => t.As(c.Name.Length == 0 ? t.Name : $"{c.Name}.{t.Name}"))));

    /// <summary>A file's tensors under its own names.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It is damaged.</exception>
    public static ModelTensors OfFile(string path)
    {
        TensorTable table = TensorTable.Open(path);
        return new ModelTensors(table, table.Tensors);
    }

    /// <summary>Closes the files.</summary>
    public void Dispose() => source.Dispose();
}
