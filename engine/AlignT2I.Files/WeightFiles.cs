using System.Text.Json;

namespace AlignT2I.Files;

/// <summary>Which files of a diffusers or transformers folder hold a network's weights.</summary>
/// <remarks>
/// One file, <c>NAME.safetensors</c>, or shards listed by <c>NAME.safetensors.index.json</c>; folders as people download them may hold
/// only a half-precision variant: <c>NAME.fp16.safetensors</c>, <c>NAME.safetensors.index.fp16.json</c>. Full precision comes first.
/// </remarks>
public static class WeightFiles
{
    const string Variant = ".fp16";
    const int MostIndexBytes = 16 << 20;

    /// <summary>Finds the files, the shards in the order of their names.</summary>
    /// <param name="folder">The network's folder, such as <c>unet</c>.</param>
    /// <param name="names">File names to look for, the preferred first: <c>diffusion_pytorch_model.safetensors</c>.</param>
    /// <returns>Paths, at least one; null where the folder has none of them.</returns>
    /// <exception cref="FileFormatException">An index is malformed.</exception>
    /// <exception cref="StorageException">An index cannot be read.</exception>
    public static IReadOnlyList<string>? TryFind(string folder, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            string stem = Path.GetFileNameWithoutExtension(name), ending = Path.GetExtension(name);
            foreach (string variant in (string[])["", Variant])
            {
                string file = Path.Combine(folder, stem + variant + ending);
                if (File.Exists(file))
                    return [file];
                // The libraries have put the variant of an index into three places over the years.
                string[] indexes = [$"{stem}{variant}{ending}.index.json", $"{name}.index{variant}.json", $"{name}{variant}.index.json"];
                if (indexes.Select(index => Path.Combine(folder, index)).FirstOrDefault(File.Exists) is { } found)
                    return Shards(folder, found);
            }
        }
        return null;
    }

    /// <summary>Finds the files, the shards in the order of their names.</summary>
    /// <param name="folder">The network's folder, such as <c>unet</c>.</param>
    /// <param name="names">File names to look for, the preferred first: <c>diffusion_pytorch_model.safetensors</c>.</param>
    /// <returns>Paths, at least one.</returns>
    /// <exception cref="UsageException">The folder has none of them.</exception>
    /// <exception cref="FileFormatException">An index is malformed.</exception>
    /// <exception cref="StorageException">An index cannot be read.</exception>
    public static IReadOnlyList<string> Find(string folder, params ReadOnlySpan<string> names) =>
        TryFind(folder, names) ?? throw new UsageException(
            $"{Path.Combine(folder, names[0])}: there is no such file, no shards of it and no fp16 variant{Others(folder)}; check the "
                + "folder.");

    static string Others(string folder)
    {
        string? pickle = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.bin").Order().FirstOrDefault() : null;
        return pickle is null ? "" : $", only {Path.GetFileName(pickle)}, which 'weights-converter convert' turns into safetensors";
    }

    /// <summary>The distinct values of an index's <c>weight_map</c>, which lists a file for each tensor.</summary>
    static string[] Shards(string folder, string index)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(InputFile.ReadAllBytes(index, MostIndexBytes));
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("weight_map", out JsonElement map)
                || map.ValueKind != JsonValueKind.Object)
                throw new FileFormatException(index, "it has no 'weight_map'; an index of shards names a file for each tensor there.");
            string[] files = [.. map.EnumerateObject().Select(e => FileName(index, e)).Distinct().Order(StringComparer.Ordinal)];
            return files.Length > 0 ? [.. files.Select(file => Path.Combine(folder, file))]
                : throw new FileFormatException(index, "its 'weight_map' is empty; an index of shards names a file for each tensor "
                    + "there.");
        }
        catch (JsonException e)
        {
            throw new FileFormatException(index, $"it is not JSON ({e.Message})", e);
        }
    }

    static string FileName(string index, JsonProperty entry)
    {
        string? name = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString() : null;
        return !string.IsNullOrEmpty(name) && name is not ("." or "..") && name.IndexOfAny(['/', '\\']) < 0 ? name
            : throw new FileFormatException(
                index, $"'{entry.Name}' is in {entry.Value.GetRawText()}; expected the name of a file beside the index.");
    }
}
