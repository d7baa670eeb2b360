using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.Training.Caching;

/// <summary>Rows of one shape, each with a key: embeddings, latents or text states that are computed once and read often.</summary>
/// <remarks>In a file: one float32 tensor <c>rows</c> [N, ...], and the keys as a JSON array in the metadata.</remarks>
public sealed class RowTable
{
    const string RowsName = "rows", KeysName = "keys";

    readonly Dictionary<string, int> byKey = new(StringComparer.Ordinal);
    readonly List<string> keys = [];
    float[] values = [];

    /// <summary>An empty table.</summary>
    /// <param name="rowShape">Shape of one row.</param>
    public RowTable(Shape rowShape)
    {
        RowShape = rowShape;
        Width = checked((int)rowShape.Count);
    }

    /// <summary>Shape of one row.</summary>
    public Shape RowShape { get; }

    /// <summary>Number of elements of one row.</summary>
    public int Width { get; }

    /// <summary>Number of rows.</summary>
    public int Count => keys.Count;

    /// <summary>The keys in the order of the rows.</summary>
    public IReadOnlyList<string> Keys => keys;

    /// <summary>The row of a key.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public ReadOnlySpan<float> this[string key] => Row(IndexOf(key));

    /// <summary>Whether there is a row of that key.</summary>
    public bool Has(string key) => byKey.ContainsKey(key);

    /// <summary>Place of a key's row.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public int IndexOf(string key) => byKey.TryGetValue(key, out int index)
        ? index : throw new KeyNotFoundException($"the table of {Count} rows has none of the key '{key}'.");

    /// <summary>A row by its place.</summary>
    public ReadOnlySpan<float> Row(int index) => values.AsSpan(index * Width, Width);

    /// <summary>Adds a row.</summary>
    /// <param name="key">A key that the table does not have.</param>
    /// <param name="row">Its <see cref="Width"/> elements.</param>
    public void Add(string key, ReadOnlySpan<float> row)
    {
        if (row.Length != Width)
            throw new ShapeException($"a row of {row.Length} elements for '{key}'; the table's rows are {RowShape}.");
        byKey.Add(key, keys.Count);
        keys.Add(key);
        if (values.Length < keys.Count * Width)
            Array.Resize(ref values, Math.Max(keys.Count * Width, values.Length * 2));
        row.CopyTo(values.AsSpan((keys.Count - 1) * Width));
    }

    /// <summary>A tensor of chosen rows [n, ...], in the current memory scope.</summary>
    public Tensor Gather(ReadOnlySpan<int> rows)
    {
        Tensor y = Tensor.Empty([rows.Length, .. RowShape], DType.F32, Backend.Cpu);
        Span<float> target = y.AsSpan<float>();
        for (int i = 0; i < rows.Length; i++)
            Row(rows[i]).CopyTo(target.Slice(i * Width, Width));
        return y;
    }

    /// <summary>Writes the table; the file appears whole.</summary>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public void Save(string path)
    {
        using SafetensorsWriter writer = SafetensorsWriter.Create(
            path,
            [new SafetensorsEntry(RowsName, SafetensorsDType.Float32, [Count, .. RowShape.Select(d => (long)d)])],
            new Dictionary<string, string> { [KeysName] = JsonSerializer.Serialize(keys, KeysType) });
        writer.Write(RowsName, MemoryMarshal.AsBytes(values.AsSpan(0, Count * Width)));
        writer.Commit();
    }

    /// <summary>Reads a table, or makes an empty one where there is no file.</summary>
    /// <exception cref="FileFormatException">The file is damaged, or its rows have another shape.</exception>
    public static RowTable LoadOrEmpty(string path, Shape rowShape)
    {
        RowTable table = new(rowShape);
        if (!File.Exists(path))
            return table;
        using SafetensorsFile file = SafetensorsFile.Open(path);
        SafetensorsTensor rows = file[RowsName];
        List<string> keys = ReadKeys(file);
        if (rows.DType != SafetensorsDType.Float32 || !rows.Shape.SequenceEqual([keys.Count, .. rowShape.Select(d => (long)d)]))
        {
            throw new FileFormatException(
                path, $"'{RowsName}' has shape [{string.Join(", ", rows.Shape)}]; expected {keys.Count} rows of {rowShape}. Delete the file: it is made again.");
        }
        ReadOnlySpan<byte> bytes = file.GetBytes(RowsName);
        float[] row = new float[table.Width];
        for (int i = 0; i < keys.Count; i++)
        {
            bytes.Slice(i * table.Width * sizeof(float), table.Width * sizeof(float)).CopyTo(MemoryMarshal.AsBytes(row.AsSpan()));
            if (table.Has(keys[i]))
                throw new FileFormatException(path, $"the key '{keys[i]}' occurs twice. Delete the file: it is made again.");
            table.Add(keys[i], row);
        }
        return table;
    }

    static JsonTypeInfo<List<string>> KeysType => CachingJson.Default.ListString;

    static List<string> ReadKeys(SafetensorsFile file)
    {
        try
        {
            if (file.Metadata.TryGetValue(KeysName, out string? text) && JsonSerializer.Deserialize(text, KeysType) is { } keys)
                return keys;
        }
        catch (JsonException e)
        {
            throw new FileFormatException(file.Path, $"its keys cannot be read ({e.Message}). Delete the file: it is made again.", e);
        }
        throw new FileFormatException(file.Path, "its metadata has no 'keys'; it is not a cache of this program. Delete the file: it is made again.");
    }
}
