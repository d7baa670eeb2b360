using System.Text.Json;
using AlignT2I.Files;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Caching;

/// <summary>What <c>table.json</c> says of a table's files.</summary>
/// <param name="RowShape">Shape of one row.</param>
/// <param name="RowsPerShard">Rows of a full file.</param>
/// <param name="Dtype">Type of the values.</param>
internal sealed record RowTableInfo(IReadOnlyList<int> RowShape, int RowsPerShard, string Dtype = "float32")
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
        return info.Rows == fresh.Rows ? info
            : throw new FileFormatException(path, $"its rows are {info.Rows}; expected {fresh.Rows}. {advice}");
    }

    string Rows => $"{Dtype} of shape [{string.Join(", ", RowShape)}]";

    void Write(string path) => AtomicFile.WriteAllText(path, JsonSerializer.Serialize(this, CachingJson.Default.RowTableInfo) + "\n");
}
