using System.Buffers.Binary;
using System.Text;
using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Sources;

/// <summary>Reads where the files of a zip archive lie, and checks that they lie in it and apart from each other.</summary>
/// <remarks>
/// Source: PKWARE, APPNOTE.TXT 6.3.10, with zip64. Only what PyTorch writes is read: one disk, stored or deflated, no encryption.
/// </remarks>
/// <param name="file">The archive.</param>
internal sealed class ZipDirectory(SourceFile file)
{
    const uint LocalHeader = 0x04034b50, CentralHeader = 0x02014b50, End = 0x06054b50, End64 = 0x06064b50, End64Locator = 0x07064b50;
    const int LocalBytes = 30, CentralBytes = 46, EndBytes = 22, End64Bytes = 56, LocatorBytes = 20, MaxCommentBytes = ushort.MaxValue;
    const int MaxDirectoryBytes = 16 << 20;
    const ushort Zip64Extra = 1, Encrypted = 1, Deflate = 8;

    /// <summary>The first bytes of an archive that has a file in it.</summary>
    public static ReadOnlySpan<byte> Signature => "PK\x03\x04"u8;

    /// <summary>The records by name.</summary>
    /// <exception cref="FileFormatException">The archive is damaged or made to deceive.</exception>
    public IReadOnlyDictionary<string, ZipRecord> Read()
    {
        (long start, long bytes, long count) = FindDirectory();
        ReadOnlySpan<byte> directory = file.Read(start, (int)bytes);
        var records = new Dictionary<string, ZipRecord>(StringComparer.Ordinal);
        var extents = new List<(long Start, long End, string Name)>();
        for (long i = 0; i < count; i++)
        {
            (ZipRecord record, long header) = ReadEntry(ref directory);
            record = record with { Offset = DataOffset(record, header, start) };
            if (!records.TryAdd(record.Name, record))
                throw Bad($"'{record.Name}' occurs twice in the archive");
            extents.Add((header, record.Offset + record.StoredBytes, record.Name));
        }
        CheckApart(extents);
        return records;
    }

    (long Start, long Bytes, long Count) FindDirectory()
    {
        int tailBytes = (int)Math.Min(file.Length, EndBytes + MaxCommentBytes);
        ReadOnlySpan<byte> tail = file.Read(file.Length - tailBytes, tailBytes);
        int at = tailBytes - EndBytes;
        while (at >= 0 && !(UInt32(tail, at) == End && at + EndBytes + UInt16(tail, at + 20) == tailBytes))
            at--;
        if (at < 0)
            throw Bad("the directory at the end of the zip archive is missing; the file is cut off: download or copy it again");
        (long count, long bytes, long start) = (UInt16(tail, at + 10), UInt32(tail, at + 12), UInt32(tail, at + 16));
        long end = file.Length - tailBytes + at;
        if (count == ushort.MaxValue || bytes == uint.MaxValue || start == uint.MaxValue)
            (count, bytes, start, end) = ReadEnd64(end);
        if (start < 0 || bytes < 0 || start > end - bytes)
        {
            throw Bad(
                $"the directory of the zip archive is said to have {bytes} bytes at byte {start}; expected a place before byte {end}");
        }
        if (bytes > MaxDirectoryBytes || count < 0 || count > bytes / CentralBytes)
        {
            throw Bad($"the zip archive is said to have {count} files in a directory of {bytes} bytes; expected at most " +
                $"{MaxDirectoryBytes} bytes, {CentralBytes} or more a file");
        }
        return (start, bytes, count);
    }

    (long Count, long Bytes, long Start, long End) ReadEnd64(long end)
    {
        long locator = end - LocatorBytes;
        byte[] found = locator < 0 ? new byte[LocatorBytes] : file.Read(locator, LocatorBytes);
        if (UInt32(found, 0) != End64Locator)
            throw Bad("the zip archive lacks the zip64 directory that its sizes need; the file is damaged");
        long at = Int64(found, 8);
        if (at < 0 || at > locator - End64Bytes)
            throw Bad($"the zip64 directory is said to be at byte {at}; expected a place before byte {locator}");
        byte[] end64 = file.Read(at, End64Bytes);
        if (UInt32(end64, 0) != End64)
            throw Bad($"there is no zip64 directory at byte {at}; the file is damaged");
        return (Int64(end64, 32), Int64(end64, 40), Int64(end64, 48), at);
    }

    /// <summary>Takes one entry off the front of the directory.</summary>
    (ZipRecord Record, long Header) ReadEntry(ref ReadOnlySpan<byte> directory)
    {
        if (directory.Length < CentralBytes || UInt32(directory, 0) != CentralHeader)
            throw Bad("the directory of the zip archive is damaged");
        int nameBytes = UInt16(directory, 28), extraBytes = UInt16(directory, 30), commentBytes = UInt16(directory, 32);
        if (directory.Length < CentralBytes + nameBytes + extraBytes + commentBytes)
            throw Bad("the directory of the zip archive is cut off");
        string name = Name(directory.Slice(CentralBytes, nameBytes));
        ushort flags = UInt16(directory, 8), method = UInt16(directory, 10);
        if ((flags & Encrypted) != 0 || method is not (0 or Deflate))
            throw Bad($"'{name}' is encrypted or compressed by method {method}; PyTorch writes neither: save the file again with PyTorch");
        ReadOnlySpan<byte> wide = Zip64(directory.Slice(CentralBytes + nameBytes, extraBytes));
        long bytes = Wide(UInt32(directory, 24), ref wide), stored = Wide(UInt32(directory, 20), ref wide);
        long header = Wide(UInt32(directory, 42), ref wide);
        uint crc = UInt32(directory, 16);
        directory = directory[(CentralBytes + nameBytes + extraBytes + commentBytes)..];
        if (method != Deflate && bytes != stored)
            throw Bad($"'{name}' is not compressed, yet takes {stored} bytes for {bytes}");
        return (new ZipRecord(name, Offset: 0, stored, bytes, crc, method == Deflate), header);
    }

    /// <summary>A path inside the archive, never outside it.</summary>
    string Name(ReadOnlySpan<byte> bytes)
    {
        string name = Encoding.UTF8.GetString(bytes);
        if (name.Length == 0 || name[0] == '/' || name.AsSpan().IndexOfAny("\\:\0") >= 0 || name.Split('/').Contains(".."))
            throw Bad($"it has a file named '{Printable.Text(name)}', a path that leaves the archive; it was made to deceive");
        return name;
    }

    /// <summary>The extra field with the values that do not fit into 32 bits; empty where there is none.</summary>
    ReadOnlySpan<byte> Zip64(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int length = UInt16(extra, 2);
            if (length > extra.Length - 4)
                throw Bad("the directory of the zip archive is damaged");
            if (UInt16(extra, 0) == Zip64Extra)
                return extra.Slice(4, length);
            extra = extra[(4 + length)..];
        }
        return [];
    }

    /// <summary>A 32-bit field, or where that is full the next value of the zip64 field.</summary>
    long Wide(uint value, ref ReadOnlySpan<byte> wide)
    {
        if (value != uint.MaxValue)
            return value;
        if (wide.Length < 8)
            throw Bad("the zip archive lacks a 64-bit size or place that its directory announces");
        long full = Int64(wide, 0);
        wide = wide[8..];
        return full;
    }

    /// <summary>Where the data behind a local header begin. The header's own sizes are not read: they may be zero there.</summary>
    long DataOffset(ZipRecord record, long header, long directoryStart)
    {
        if (header < 0 || header > directoryStart - LocalBytes)
            throw Bad($"'{record.Name}' is said to begin at byte {header}; expected a place before byte {directoryStart}");
        ReadOnlySpan<byte> local = file.Read(header, LocalBytes);
        if (UInt32(local, 0) != LocalHeader)
            throw Bad($"'{record.Name}' is said to begin at byte {header}, where no file of the archive begins; the archive is damaged");
        long offset = header + LocalBytes + UInt16(local, 26) + UInt16(local, 28);
        if (record.StoredBytes < 0 || record.Bytes < 0 || offset > directoryStart - record.StoredBytes)
        {
            throw Bad($"'{record.Name}' is said to have {record.StoredBytes} bytes at byte {offset}; the archive's data end at byte " +
                $"{directoryStart}");
        }
        if (Name(file.Read(header + LocalBytes, UInt16(local, 26))) != record.Name)
            throw Bad($"'{record.Name}' has another name at its place in the archive; the file was made to deceive");
        return offset;
    }

    void CheckApart(List<(long Start, long End, string Name)> extents)
    {
        extents.Sort();
        for (int i = 1; i < extents.Count; i++)
        {
            if (extents[i].Start < extents[i - 1].End)
                throw Bad($"'{extents[i - 1].Name}' and '{extents[i].Name}' overlap in the archive; the file was made to deceive");
        }
    }

    FileFormatException Bad(string problem) => file.Bad(problem);

    static ushort UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    static uint UInt32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    static long Int64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}
