using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>Writes zip archives as PyTorch does, and wrong ones.</summary>
internal sealed class ZipBuilder
{
    readonly MemoryStream archive = new();
    readonly List<Entry> entries = [];

    /// <summary>Whether sizes and places are written in 64 bits.</summary>
    public bool Zip64 { get; init; }

    /// <summary>What is done to an entry before it enters the directory: the way to a lie.</summary>
    public Func<Entry, Entry> Directory { get; init; } = entry => entry;

    internal readonly record struct Entry(string Name, long Header, long Stored, long Bytes, uint Crc, ushort Method, ushort Flags);

    public ZipBuilder Add(string name, byte[] content, bool deflate = false)
    {
        byte[] stored = deflate ? Deflate(content) : content;
        var entry = new Entry(name, archive.Position, stored.Length, content.Length, Crc32.Of(content), (ushort)(deflate ? 8 : 0), 0x0808);
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        // As PyTorch writes it: sizes are zero here, a padding that aligns the data, a descriptor after them.
        Write(0x04034b50u, (ushort)20, entry.Flags, entry.Method, (ushort)0, (ushort)0, 0u, 0u, 0u, (ushort)utf8.Length, (ushort)7);
        archive.Write(utf8);
        archive.Write([(byte)'F', (byte)'B', 3, 0, (byte)'Z', (byte)'Z', (byte)'Z']);
        archive.Write(stored);
        Write(0x08074b50u, entry.Crc, (uint)entry.Stored, (uint)entry.Bytes);
        entries.Add(Directory(entry));
        return this;
    }

    public byte[] Build()
    {
        long start = archive.Position;
        foreach (Entry entry in entries)
        {
            byte[] name = Encoding.UTF8.GetBytes(entry.Name);
            bool wide = Zip64;
            Write(0x02014b50u, (ushort)45, (ushort)45, entry.Flags, entry.Method, (ushort)0, (ushort)0, entry.Crc,
                wide ? uint.MaxValue : (uint)entry.Stored, wide ? uint.MaxValue : (uint)entry.Bytes, (ushort)name.Length,
                (ushort)(wide ? 28 : 0), (ushort)0, (ushort)0, (ushort)0, 0u, wide ? uint.MaxValue : (uint)entry.Header);
            archive.Write(name);
            if (wide)
                Write((ushort)1, (ushort)24, (ulong)entry.Bytes, (ulong)entry.Stored, (ulong)entry.Header);
        }
        long end = archive.Position;
        if (Zip64)
        {
            ulong entries64 = (ulong)entries.Count;
            Write(0x06064b50u, 44ul, (ushort)45, (ushort)45, 0u, 0u, entries64, entries64, (ulong)(end - start), (ulong)start);
            Write(0x07064b50u, 0u, (ulong)end, 1u);
        }
        ushort count = Zip64 ? ushort.MaxValue : (ushort)entries.Count;
        Write(0x06054b50u, (ushort)0, (ushort)0, count, count,
            Zip64 ? uint.MaxValue : (uint)(end - start), Zip64 ? uint.MaxValue : (uint)start, (ushort)0);
        return archive.ToArray();
    }

    void Write(params object[] fields)
    {
        byte[] bytes = new byte[8];
        foreach (object field in fields)
        {
            int size = field switch { ushort => 2, uint => 4, _ => 8 };
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, Convert.ToUInt64(field, System.Globalization.CultureInfo.InvariantCulture));
            archive.Write(bytes, 0, size);
        }
    }

    static byte[] Deflate(byte[] content)
    {
        using var deflated = new MemoryStream();
        using (var stream = new DeflateStream(deflated, CompressionLevel.Optimal, leaveOpen: true))
            stream.Write(content);
        return deflated.ToArray();
    }
}
