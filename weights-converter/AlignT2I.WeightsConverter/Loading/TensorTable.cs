using System.Diagnostics.CodeAnalysis;
using AlignT2I.Files;
using AlignT2I.WeightsConverter.Sources;
using AlignT2I.WeightsConverter.Streaming;

namespace AlignT2I.WeightsConverter.Loading;

/// <summary>The tensors of one file, or of the shards of one network, by name.</summary>
internal sealed class TensorTable : IDisposable
{
    readonly List<WeightsFile> files = [];
    readonly Dictionary<string, ModelTensor> byName = new(StringComparer.Ordinal);

    TensorTable(string path) => Path = path;

    /// <summary>What messages call it: the file, or the folder of the shards.</summary>
    public string Path { get; }

    /// <summary>All names, in the order of the files.</summary>
    public IReadOnlyCollection<string> Names => byName.Keys;

    /// <summary>All tensors, in the order of the files.</summary>
    public IReadOnlyCollection<ModelTensor> Tensors => byName.Values;

    /// <summary>What the files say beside their tensors.</summary>
    public IReadOnlyDictionary<string, string> Metadata => files[0].Metadata;

    /// <summary>Opens files.</summary>
    /// <exception cref="UsageException">One is not there.</exception>
    /// <exception cref="FileFormatException">One is damaged, or two have a tensor of the same name.</exception>
    public static TensorTable Open(params IReadOnlyList<string> paths)
    {
        var table = new TensorTable(paths.Count == 1 ? paths[0] : System.IO.Path.GetDirectoryName(paths[0]) ?? paths[0]);
        try
        {
            foreach (string path in paths)
                table.Add(path);
            return table;
        }
        catch
        {
            table.Dispose();
            throw;
        }
    }

    public bool TryGet(string name, [NotNullWhen(true)] out ModelTensor? tensor) => byName.TryGetValue(name, out tensor);

    /// <summary>Whether a name begins so.</summary>
    public bool HasPrefix(string prefix) => Names.Any(name => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The first of these tensors that is there, or null.</summary>
    public ModelTensor? First(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (TryGet(name, out ModelTensor? tensor))
                return tensor;
        }
        return null;
    }

    public void Dispose() => files.ForEach(f => f.Dispose());

    void Add(string path)
    {
        WeightsFile file = WeightsFile.Open(path);
        files.Add(file);
        foreach (WeightsTensor tensor in file.Tensors)
        {
            if (!byName.TryAdd(tensor.Name, new FileTensor(file, tensor)))
                throw new FileFormatException(path, $"tensor '{Printable.Text(tensor.Name)}' is in another file of the same network, "
                    + "too; which is right?");
        }
    }
}
