using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AlignT2I.Files;

/// <summary>
/// Writes a safetensors file: names and shapes first, then the values, tensor by tensor in any order, each in one piece or many.
/// </summary>
/// <remarks>
/// The file appears under its name only on <see cref="Commit"/>, whole and on the disk. Tensors of larger elements come first in the file
/// and the header is padded to 8 bytes, so that every tensor is aligned. The same tensors and metadata give the same bytes.
/// </remarks>
public sealed class SafetensorsWriter : IDisposable
{
    static readonly JsonWriterOptions jsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly AtomicFile file;
    readonly Dictionary<string, Slot> slots;

    SafetensorsWriter(AtomicFile file, Dictionary<string, Slot> slots) => (this.file, this.slots) = (file, slots);

    /// <summary>Starts a file and writes its header.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="tensors">Every tensor that will be written.</param>
    /// <param name="metadata">The header's <c>__metadata__</c>; left out where null or empty.</param>
    /// <exception cref="StorageException">The file cannot be written.</exception>
    /// <exception cref="ArgumentException">Two tensors share a name, a name is <c>__metadata__</c>, a dimension is negative.</exception>
    public static SafetensorsWriter Create(
        string path, IEnumerable<SafetensorsEntry> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        SafetensorsEntry[] layout = [.. tensors.OrderByDescending(t => t.DType.Size())];    // stable: then as given
        byte[] header = Header(layout, metadata);
        var slots = new Dictionary<string, Slot>(StringComparer.Ordinal);
        long position = header.Length;
        foreach (SafetensorsEntry entry in layout)
        {
            if (!slots.TryAdd(entry.Name, new Slot(position, position + entry.ByteLength)) || entry.Name == SafetensorsHeader.MetadataKey)
                throw new ArgumentException($"{path}: the tensor name '{entry.Name}' is given twice or reserved", nameof(tensors));
            position += entry.ByteLength;
        }
        AtomicFile file = AtomicFile.Create(path);
        try
        {
            file.WriteAt(0, header);
            return new SafetensorsWriter(file, slots);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes the next bytes of a tensor, little-endian.</summary>
    /// <param name="name">A name given to <see cref="Create"/>.</param>
    /// <param name="bytes">All of the tensor's bytes, or the piece that follows those already written.</param>
    /// <exception cref="StorageException">The disk is full or fails.</exception>
    /// <exception cref="ArgumentException">No such tensor was announced, or it has fewer bytes left.</exception>
    public void Write(string name, ReadOnlySpan<byte> bytes)
    {
        if (!slots.TryGetValue(name, out Slot slot))
            throw new ArgumentException($"tensor '{name}' was not announced when the file was created", nameof(name));
        if (bytes.Length > slot.End - slot.Position)
        {
            throw new ArgumentException(
                $"tensor '{name}' takes {slot.End - slot.Position} more bytes, but {bytes.Length} were given", nameof(bytes));
        }
        file.WriteAt(slot.Position, bytes);
        slots[name] = slot with { Position = slot.Position + bytes.Length };
    }

    /// <summary>Flushes to the disk and gives the file its name, replacing an older one.</summary>
    /// <exception cref="InvalidOperationException">A tensor is not completely written.</exception>
    /// <exception cref="StorageException">The disk is full or fails; the old file is untouched.</exception>
    public void Commit()
    {
        foreach ((string name, Slot slot) in slots)
        {
            if (slot.Position != slot.End)
            {
                throw new InvalidOperationException(
                    $"tensor '{name}' lacks {slot.End - slot.Position} bytes; write every tensor before Commit");
            }
        }
        file.Commit();
    }

    /// <summary>Removes the unfinished file unless <see cref="Commit"/> succeeded.</summary>
    public void Dispose() => file.Dispose();

    static byte[] Header(SafetensorsEntry[] layout, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, jsonOptions))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach ((string key, string value) in metadata.OrderBy(p => p.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            long offset = 0;
            foreach (SafetensorsEntry entry in layout)
            {
                WriteEntry(json, entry, offset);
                offset += entry.ByteLength;
            }
            json.WriteEndObject();
        }
        int padded = (buffer.WrittenCount + 7) / 8 * 8;
        byte[] header = new byte[SafetensorsHeader.LengthBytes + padded];
        BinaryPrimitives.WriteInt64LittleEndian(header, padded);
        buffer.WrittenSpan.CopyTo(header.AsSpan(SafetensorsHeader.LengthBytes));
        header.AsSpan(SafetensorsHeader.LengthBytes + buffer.WrittenCount).Fill((byte)' ');
        return header;
    }

    static void WriteEntry(Utf8JsonWriter json, SafetensorsEntry entry, long offset)
    {
        json.WriteStartObject(entry.Name);
        json.WriteString("dtype"u8, entry.DType.FileName());
        json.WriteStartArray("shape"u8);
        foreach (long dimension in entry.Shape)
            json.WriteNumberValue(dimension);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets"u8);
        json.WriteNumberValue(offset);
        json.WriteNumberValue(offset + entry.ByteLength);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Where the next bytes of a tensor go, and where it ends, in bytes from the start of the file.</summary>
    readonly record struct Slot(long Position, long End);
}
