namespace AlignT2I.WeightsConverter.Names;

/// <summary>What two libraries call the same modules: the longest path of the table that begins a parameter's name is replaced.</summary>
internal sealed class ModulePaths
{
    readonly Dictionary<string, string> other = new(StringComparer.Ordinal);

    /// <summary>Adds a module, or each of the modules below one.</summary>
    /// <param name="path">Its path here.</param>
    /// <param name="otherPath">Its path there.</param>
    /// <param name="below">Names of modules below it here and there; where left out, those are the same.</param>
    public void Add(string path, string otherPath, params ReadOnlySpan<(string Name, string Other)> below)
    {
        other.Add(path, otherPath);
        foreach ((string name, string otherName) in below)
            other.Add($"{path}.{name}", $"{otherPath}.{otherName}");
    }

    /// <summary>The parameter's name there.</summary>
    /// <exception cref="KeyNotFoundException">No path of the table begins the name: the table lacks a module.</exception>
    public string Rename(string parameter)
    {
        for (int end = parameter.LastIndexOf('.'); end > 0; end = parameter.LastIndexOf('.', end - 1))
        {
            if (other.TryGetValue(parameter[..end], out string? path))
                return path + parameter[end..];
        }
        throw new KeyNotFoundException($"no module of the table begins '{parameter}'");
    }
}
