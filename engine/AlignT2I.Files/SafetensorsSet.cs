using System.Diagnostics.CodeAnalysis;

namespace AlignT2I.Files;

/// <summary>The tensors of one network, in one safetensors file or several.</summary>
public sealed class SafetensorsSet : IDisposable
{
    readonly IReadOnlyList<SafetensorsFile> files;
    readonly Dictionary<string, SafetensorsFile> byName = new(StringComparer.Ordinal);

    /// <summary>Joins open files; they are closed with the set.</summary>
    /// <param name="files">At least one.</param>
    /// <exception cref="FileFormatException">Two files have a tensor of the same name.</exception>
    public SafetensorsSet(params IReadOnlyList<SafetensorsFile> files)
    {
        this.files = files;
        foreach (SafetensorsFile file in files)
        {
            foreach (SafetensorsTensor tensor in file.Tensors)
            {
                if (!byName.TryAdd(tensor.Name, file))
                    throw new FileFormatException(file.Path, $"tensor '{tensor.Name}' is in {byName[tensor.Name].Path} too; which is "
                        + "right?");
            }
        }
    }

    /// <summary>What messages call the set: its file, or the folder of its shards.</summary>
    public string Path => files.Count == 1 ? files[0].Path : System.IO.Path.GetDirectoryName(files[0].Path) ?? files[0].Path;

    /// <summary>The tensors, file by file.</summary>
    public IEnumerable<SafetensorsTensor> Tensors => files.SelectMany(f => f.Tensors);

    /// <summary>Opens the weights of a network in a diffusers or transformers folder.</summary>
    /// <param name="folder">The network's folder, such as <c>unet</c>.</param>
    /// <param name="name">Name of the whole file, such as <c>diffusion_pytorch_model.safetensors</c>.</param>
    /// <exception cref="UsageException">There is neither the file nor shards nor a variant of it.</exception>
    /// <exception cref="FileFormatException">A file is not valid, or two have a tensor of the same name.</exception>
    /// <exception cref="StorageException">A file cannot be read.</exception>
    public static SafetensorsSet Open(string folder, string name)
    {
        List<SafetensorsFile> open = [];
        try
        {
            foreach (string path in WeightFiles.Find(folder, name))
                open.Add(SafetensorsFile.Open(path));
            return new SafetensorsSet(open);
        }
        catch
        {
            open.ForEach(f => f.Dispose());
            throw;
        }
    }

    /// <summary>Looks a tensor up.</summary>
    /// <param name="name">Name in the files.</param>
    /// <param name="tensor">The tensor, or null.</param>
    public bool TryGet(string name, [NotNullWhen(true)] out SafetensorsTensor? tensor)
    {
        tensor = byName.TryGetValue(name, out SafetensorsFile? file) ? file[name] : null;
        return tensor is not null;
    }

    /// <inheritdoc cref="SafetensorsFile.GetBytes(string)"/>
    public ReadOnlySpan<byte> GetBytes(string name) => FileOf(name).GetBytes(name);

    /// <inheritdoc cref="SafetensorsFile.Release"/>
    public void Release(string name) => FileOf(name).Release(name);

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (SafetensorsFile file in files)
            file.Dispose();
    }

    SafetensorsFile FileOf(string name) => byName.TryGetValue(name, out SafetensorsFile? file)
        ? file
        : throw new FileFormatException(Path, $"there is no tensor '{name}' among its {byName.Count}; is it of another model?");
}
