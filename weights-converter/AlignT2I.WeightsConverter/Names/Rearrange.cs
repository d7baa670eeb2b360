using AlignT2I.WeightsConverter.Streaming;

namespace AlignT2I.WeightsConverter.Names;

/// <summary>Takes parameters from their places in another library's file, and puts them there.</summary>
internal static class Rearrange
{
    /// <summary>The names of diffusers and transformers themselves.</summary>
    public static Place AsIs(string name, IReadOnlyList<long> shape) => new(name, shape);

    /// <summary>A parameter out of the tensor that holds it.</summary>
    /// <param name="found">The tensor of the file, of the place's shape.</param>
    /// <param name="name">The parameter's name.</param>
    /// <param name="shape">The parameter's shape.</param>
    /// <param name="place">How it lies in the tensor.</param>
    public static ModelTensor Take(ModelTensor found, string name, IReadOnlyList<long> shape, Place place) => place switch
    {
        { Parts: > 1 } => new RowsTensor(found, name, place.Part, place.Parts),
        { Transposed: true } => new TransposedTensor(found, name),
        _ => found.As(name, shape),
    };

    /// <summary>Tensors as a file of the naming has them, those that share one joined.</summary>
    public static IEnumerable<ModelTensor> Put(IEnumerable<ModelTensor> parameters, Naming naming) =>
        parameters.Select(p => (Parameter: p, Place: naming(p.Name, p.Shape))).GroupBy(p => p.Place.Name).Select(group =>
        {
            (ModelTensor parameter, Place place) = group.First();
            if (place.Parts > 1)
                return new StackedTensor([.. group.OrderBy(p => p.Place.Part).Select(p => p.Parameter)], place.Name);
            return place.Transposed ? new TransposedTensor(parameter, place.Name) : parameter.As(place.Name, place.Shape);
        });
}
