using AlignT2I.Engine;
using AlignT2I.WeightsConverter.Names;
using AlignT2I.WeightsConverter.Streaming;

namespace AlignT2I.WeightsConverter.Loading;

/// <summary>Takes the networks of a model out of a file and keeps account of what is missing, misshapen or left over.</summary>
internal sealed class ComponentReader(TensorTable table)
{
    readonly HashSet<string> used = new(StringComparer.Ordinal);

    /// <summary>What was wrong so far.</summary>
    public List<TensorProblem> Problems { get; } = [];

    /// <summary>The parameters of one network; those that are missing or misshapen become problems.</summary>
    /// <param name="component">The network's name.</param>
    /// <param name="outline">The parameters that the network asks for.</param>
    /// <param name="namings">What the file may call them; the first naming that finds a parameter counts.</param>
    public List<ModelTensor> Read(
        string component, IEnumerable<(string Name, Shape FileShape)> outline, params IReadOnlyList<Naming> namings)
    {
        List<ModelTensor> tensors = [];
        foreach ((string name, Shape fileShape) in outline)
        {
            long[] shape = [.. fileShape.Select(d => (long)d)];
            Place place = namings.Select(naming => naming(name, shape)).Cast<Place?>()
                .FirstOrDefault(p => table.TryGet(p!.Value.Name, out _))
                ?? namings[0](name, shape);
            if (!table.TryGet(place.Name, out ModelTensor? found))
                Problem(TensorProblemKind.Missing, component, place.Name, place.Shape, null);
            else if (!found.Shape.SequenceEqual(place.Shape))
                Problem(TensorProblemKind.Misshapen, component, place.Name, place.Shape, found.Shape);
            else
                tensors.Add(Rearrange.Take(found, name, shape, place));
            used.Add(place.Name);
        }
        return tensors;
    }

    /// <summary>What no network asked for becomes a problem.</summary>
    /// <param name="component">What messages say it would be part of.</param>
    /// <param name="isHarmless">Names that files of this kind have beside the networks.</param>
    public void Finish(string component, Func<string, bool> isHarmless)
    {
        foreach (ModelTensor tensor in table.Tensors.Where(t => !used.Contains(t.Name) && !isHarmless(t.Name)))
            Problems.Add(new TensorProblem(TensorProblemKind.Unexpected, component, tensor.Name, Found: tensor.Shape));
    }

    /// <summary>A tensor that several parameters share is one problem.</summary>
    void Problem(TensorProblemKind kind, string component, string name, IReadOnlyList<long> expected, IReadOnlyList<long>? found)
    {
        if (!used.Contains(name))
            Problems.Add(new TensorProblem(kind, component, name, expected, found));
    }
}
