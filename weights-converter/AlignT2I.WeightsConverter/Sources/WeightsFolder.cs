using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Sources;

/// <summary>Finds files of weights.</summary>
public static class WeightsFolder
{
    static readonly string[] endings = [".safetensors", ".ckpt", ".pt", ".pth", ".bin"];

    /// <summary>The file itself, or the files of weights in a folder and below it, in the order of their paths.</summary>
    /// <param name="path">A file or a folder.</param>
    /// <exception cref="UsageException">There is nothing of this name, or the folder has no file of weights.</exception>
    public static IReadOnlyList<string> Files(string path)
    {
        if (!Directory.Exists(path))
            return [path];
        string[] files = [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Where(f => endings.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files
            : throw new UsageException(
                $"{path}: there is no file of weights in this folder ({string.Join(", ", endings)}); "
                + "name the folder or file that has them.");
    }
}
