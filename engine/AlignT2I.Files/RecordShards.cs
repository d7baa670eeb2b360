using System.Globalization;

namespace AlignT2I.Files;

/// <summary>
/// Records of one size in numbered files of a folder, <c>00000.rows</c> and so on, each full before the next begins: appended at the end,
/// read through memory maps, so that they may be more than fits into memory.
/// </summary>
/// <remarks>The files hold the records and nothing else; how many of them count is said elsewhere, after they are on the disk.</remarks>
public sealed class RecordShards : IDisposable
{
    const string Suffix = ".rows";

    readonly string folder;
    readonly int recordBytes, recordsPerShard;
    readonly List<MappedFile?> maps = [];

    /// <summary>Opens a folder; no file is touched before it is read or written.</summary>
    /// <param name="folder">The folder; it exists before the first record is written.</param>
    /// <param name="recordBytes">Bytes of a record, 1 or more.</param>
    /// <param name="recordsPerShard">Records of a full file, 1 or more.</param>
    public RecordShards(string folder, int recordBytes, int recordsPerShard)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(recordBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(recordsPerShard, 1);
        (this.folder, this.recordBytes, this.recordsPerShard) = (folder, recordBytes, recordsPerShard);
    }

    /// <summary>Writes records at a place, which is at most one after the last, and flushes them to the disk.</summary>
    /// <param name="index">Number of the first record.</param>
    /// <param name="records">Whole records, one after the other.</param>
    /// <exception cref="StorageException">The disk is full or fails.</exception>
    public void Write(long index, ReadOnlySpan<byte> records)
    {
        if (records.Length % recordBytes != 0)
            throw new ArgumentException($"{records.Length} bytes are no whole records of {recordBytes}", nameof(records));
        while (!records.IsEmpty)
        {
            (long shard, long place) = Math.DivRem(index, recordsPerShard);
            long count = Math.Min(records.Length / recordBytes, recordsPerShard - place);
            ReadOnlySpan<byte> part = records[..(int)(count * recordBytes)];
            WriteShard(PathOf(shard), place * recordBytes, part);
            records = records[part.Length..];
            index += count;
        }
    }

    /// <summary>A record in place; the span is valid until <see cref="Dispose"/>.</summary>
    /// <param name="index">Number of the record.</param>
    /// <exception cref="FileFormatException">The file ends before it.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public ReadOnlySpan<byte> Read(long index)
    {
        (long shard, long place) = Math.DivRem(index, recordsPerShard);
        while (maps.Count <= shard)
            maps.Add(null);
        long end = (place + 1) * recordBytes;
        MappedFile? map = maps[(int)shard];
        if (map is null || map.Length < end)        // it has grown since it was mapped
        {
            MappedFile larger = MappedFile.Open(PathOf(shard));
            maps[(int)shard] = larger;
            map?.Dispose();
            if (larger.Length < end)
                throw new FileFormatException(PathOf(shard), $"it has {larger.Length} bytes; record {index} ends at byte {end}.");
            map = larger;
        }
        return map.Bytes(place * recordBytes, recordBytes);
    }

    /// <summary>Checks that the files hold this many records.</summary>
    /// <param name="count">Records that count.</param>
    /// <exception cref="FileFormatException">A file is missing or too short.</exception>
    public void Require(long count)
    {
        for (long first = 0; first < count; first += recordsPerShard)
        {
            var file = new FileInfo(PathOf(first / recordsPerShard));
            long expected = Math.Min(recordsPerShard, count - first) * recordBytes;
            if (!file.Exists || file.Length < expected)
            {
                throw new FileFormatException(
                    file.ToString(),
                    $"it has {(file.Exists ? file.Length : 0)} bytes; at least {expected} are expected for {count} records.");
            }
        }
    }

    /// <summary>Unmaps the files; spans over them must not be used any more.</summary>
    public void Dispose()
    {
        foreach (MappedFile? map in maps)
            map?.Dispose();
        maps.Clear();
    }

    static void WriteShard(string path, long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            using var stream = new FileStream(
                path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            RandomAccess.Write(stream.SafeFileHandle, bytes, offset);
            RandomAccess.FlushToDisk(stream.SafeFileHandle);
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            throw StorageException.From(e, path, "written");
        }
    }

    string PathOf(long shard) => Path.Combine(folder, shard.ToString("D5", CultureInfo.InvariantCulture) + Suffix);
}
