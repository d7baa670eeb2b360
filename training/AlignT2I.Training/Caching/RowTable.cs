using System.Runtime.InteropServices;
using AlignT2I.Engine;
using AlignT2I.Files;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace AlignT2I.Training.Caching;

/// <summary>Rows of one shape, each with a key: embeddings, latents or text states that are computed once and read often.</summary>
/// <remarks>
/// In memory, or in a folder: <c>table.json</c> with shape and type of a row, <c>00000.rows</c> and so on with the values, and
/// <c>keys.jsonl</c> with the key of row i in line i. Rows are appended and on the disk before their keys are, so a kill at any moment
/// leaves a whole table; they are read through memory maps, so that a table may be larger than memory.
/// </remarks>
public sealed class RowTable : IDisposable
{
    const string KeysName = "keys.jsonl", Advice = "Delete the folder: it is made again.";

    /// <summary>Bytes of a full file of rows.</summary>
    const long ShardBytes = 1L << 29;

    readonly Dictionary<string, int> byKey = new(StringComparer.Ordinal);
    readonly List<string> keys = [];
    readonly List<byte[]> memory = [];
    readonly string? folder;
    readonly RecordShards? shards;
    long knownKeysBytes;

    /// <summary>An empty table in memory.</summary>
    /// <param name="rowShape">Shape of one row.</param>
    /// <param name="dtype">What the rows are kept in: float32, bfloat16 or float16.</param>
    public RowTable(Shape rowShape, DType dtype = DType.F32)
    {
        RowShape = rowShape;
        Width = checked((int)rowShape.Count);
        DType = dtype;
    }

    RowTable(string folder, Shape rowShape, DType dtype, int rowsPerShard)
        : this(rowShape, dtype)
    {
        this.folder = folder;
        shards = new RecordShards(folder, RowBytes, rowsPerShard);
    }

    /// <summary>Shape of one row.</summary>
    public Shape RowShape { get; }

    /// <summary>Number of elements of one row.</summary>
    public int Width { get; }

    /// <summary>What the rows are kept in.</summary>
    public DType DType { get; }

    /// <summary>Number of rows.</summary>
    public int Count => keys.Count;

    /// <summary>The keys in the order of the rows.</summary>
    public IReadOnlyList<string> Keys => keys;

    /// <summary>The row of a key.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public ReadOnlySpan<float> this[string key] => Row(IndexOf(key));

    /// <summary>Opens a table in a folder, or begins an empty one where there is none.</summary>
    /// <param name="folder">The folder; one process at a time adds rows.</param>
    /// <param name="rowShape">Shape of one row.</param>
    /// <param name="dtype">What the rows are kept in: float32, bfloat16 or float16.</param>
    /// <exception cref="FileFormatException">A file is damaged, or the rows have another shape or type.</exception>
    /// <exception cref="StorageException">The folder cannot be read or written.</exception>
    public static RowTable Open(string folder, Shape rowShape, DType dtype = DType.F32) =>
        Open(folder, rowShape, (int)Math.Max(1, ShardBytes / (rowShape.Count * dtype.Size)), dtype);

    internal static RowTable Open(string folder, Shape rowShape, int rowsPerShard, DType dtype = DType.F32)
    {
        RowTableInfo info = RowTableInfo.ReadOrWrite(folder, new RowTableInfo([.. rowShape], rowsPerShard, dtype.Name), Advice);
        var table = new RowTable(folder, rowShape, dtype, info.RowsPerShard);
        table.Refresh();
        return table;
    }

    /// <summary>Takes in the rows that others have added since the table was opened.</summary>
    internal void Refresh()
    {
        if (folder is null || KeysBytes() == knownKeysBytes)
            return;
        string file = Path.Combine(folder, KeysName);
        foreach (JsonLine<string> line in JsonLines.Read(file, CachingJson.Default.String).Skip(Count))
        {
            if (!byKey.TryAdd(line.Value, keys.Count))
                throw new FileFormatException($"{file}:{line.Line}", $"the key '{line.Value}' occurs twice. {Advice}");
            keys.Add(line.Value);
        }
        knownKeysBytes = KeysBytes();
        try
        {
            shards!.Require(Count);
        }
        catch (FileFormatException e)
        {
            throw new FileFormatException(folder, $"rows are missing: {e.Message} {Advice}", e);
        }
    }

    /// <summary>Whether there is a row of that key.</summary>
    public bool Has(string key) => byKey.ContainsKey(key);

    /// <summary>Place of a key's row.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public int IndexOf(string key) => byKey.TryGetValue(key, out int index)
        ? index : throw new KeyNotFoundException($"the table of {Count} rows has none of the key '{key}'.");

    /// <summary>A row by its place, as float32; the span is valid until the table is disposed of.</summary>
    public ReadOnlySpan<float> Row(int index)
    {
        ReadOnlySpan<byte> bytes = Bytes(index);
        if (!DType.IsHalf)
            return MemoryMarshal.Cast<byte, float>(bytes);
        float[] values = new float[Width];
        if (DType == DType.BF16)
            BFloat16.ToSingle(MemoryMarshal.Cast<byte, ushort>(bytes), values);
        else
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), values);
        return values;
    }

    /// <summary>Adds a row.</summary>
    /// <param name="key">A key that the table does not have.</param>
    /// <param name="row">Its <see cref="Width"/> elements, which are rounded to the table's type.</param>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public void Add(string key, ReadOnlySpan<float> row) => Add([key], row);

    /// <summary>Adds rows; when this returns they are on the disk.</summary>
    /// <param name="newKeys">Keys that the table does not have, each once.</param>
    /// <param name="rows">Their rows, one after the other.</param>
    /// <exception cref="StorageException">They cannot be written; the table is as before.</exception>
    public void Add(IReadOnlyList<string> newKeys, ReadOnlySpan<float> rows)
    {
        if (rows.Length != newKeys.Count * (long)Width)
            throw new ShapeException(
                $"{rows.Length} elements for {newKeys.Count} rows, the first '{newKeys[0]}'; the table's rows are {RowShape}.");
        if (newKeys.FirstOrDefault(Has) is { } known)
            throw new ArgumentException($"the table has a row of '{known}' already.", nameof(newKeys));
        if (KeysBytes() != knownKeysBytes)
            throw new InvalidOperationException(
                $"{folder}: rows were added to this table through another one; only one may add at a time.");
        ReadOnlySpan<byte> bytes = Rounded(rows);
        shards?.Write(Count, bytes);
        using JsonLinesWriter<string>? file =
            folder is null ? null : JsonLinesWriter<string>.Open(Path.Combine(folder, KeysName), CachingJson.Default.String);
        for (int i = 0; i < newKeys.Count; i++)
        {
            file?.Append(newKeys[i]);
            if (shards is null)
                memory.Add(bytes.Slice(i * RowBytes, RowBytes).ToArray());
            byKey.Add(newKeys[i], keys.Count);
            keys.Add(newKeys[i]);
        }
        knownKeysBytes = KeysBytes();
    }

    /// <summary>A tensor of chosen rows [n, ...], of the table's type, in the current memory scope.</summary>
    public Tensor Gather(ReadOnlySpan<int> rows)
    {
        Tensor y = Tensor.Empty([rows.Length, .. RowShape], DType, Backend.Cpu);
        Span<byte> target = y.AsBytes();
        for (int i = 0; i < rows.Length; i++)
            Bytes(rows[i]).CopyTo(target.Slice(i * RowBytes, RowBytes));
        return y;
    }

    /// <summary>Unmaps the files.</summary>
    public void Dispose() => shards?.Dispose();

    int RowBytes => Width * DType.Size;

    ReadOnlySpan<byte> Bytes(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return shards is null ? memory[index] : shards.Read(index);
    }

    /// <summary>The bytes of values in the table's type.</summary>
    ReadOnlySpan<byte> Rounded(ReadOnlySpan<float> values)
    {
        if (!DType.IsHalf)
            return MemoryMarshal.AsBytes(values);
        byte[] bytes = new byte[values.Length * DType.Size];
        if (DType == DType.BF16)
            BFloat16.FromSingle(values, MemoryMarshal.Cast<byte, ushort>(bytes.AsSpan()));
        else
            TensorPrimitives.ConvertToHalf(values, MemoryMarshal.Cast<byte, Half>(bytes.AsSpan()));
        return bytes;
    }

    long KeysBytes() => folder is not null && new FileInfo(Path.Combine(folder, KeysName)) is { Exists: true } file ? file.Length : 0;
}
