using System.Text.Json;
using AlignT2I.Files;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Caching;

/// <summary>What <c>table.json</c> says of a table's files.</summary>
/// <param name="RowShape">Shape of one row of float32.</param>
/// <param name="RowsPerShard">Rows of a full file.</param>
internal sealed record RowTableInfo(IReadOnlyList<int> RowShape, int RowsPerShard)
{
    const string FileName = "table.json";

    /// <summary>Reads a folder's description, or writes <paramref name="fresh"/> where there is none.</summary>
    /// <exception cref="FileFormatException">It is damaged, or of rows of another shape.</exception>
    public static RowTableInfo ReadOrWrite(string folder, RowTableInfo fresh, string advice)
    {
        string path = Path.Combine(RunFolder.Make(folder), FileName);
        if (!File.Exists(path))
        {
            fresh.Write(path);
            return fresh;
        }
        RowTableInfo[] read = [.. JsonLines.Read(path, CachingJson.Default.RowTableInfo).Select(line => line.Value)];
        if (read is not [{ RowsPerShard: > 0 } info])
            throw new FileFormatException(path, $"it does not describe a table. {advice}");
        if (!info.RowShape.SequenceEqual(fresh.RowShape))
        {
            throw new FileFormatException(
                path, $"its rows have the shape [{string.Join(", ", info.RowShape)}]; expected [{string.Join(", ", fresh.RowShape)}]. {advice}");
        }
        return info;
    }

    void Write(string path) => AtomicFile.WriteAllText(path, JsonSerializer.Serialize(this, CachingJson.Default.RowTableInfo) + "\n");
}
