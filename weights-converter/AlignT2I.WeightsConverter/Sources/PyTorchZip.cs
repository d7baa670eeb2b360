using System.IO.Compression;
using AlignT2I.Files;
using AlignT2I.WeightsConverter.Sources.Pickles;

namespace AlignT2I.WeightsConverter.Sources;

/// <summary>
/// What <c>torch.save</c> and <c>torch.jit.save</c> write: a zip archive with a pickle and a stored file for each storage.
/// </summary>
/// <remarks>Source: pytorch/pytorch, torch/serialization.py and caffe2/serialize/inline_container.cc.</remarks>
internal sealed class PyTorchZip
{
    const string PickleName = "data.pkl";

    readonly SourceFile file;
    readonly IReadOnlyDictionary<string, ZipRecord> records;
    readonly string folder;
    readonly bool bigEndian;
    readonly Dictionary<string, WeightsStorage> storages = new(StringComparer.Ordinal);

    PyTorchZip(SourceFile file)
    {
        this.file = file;
        records = new ZipDirectory(file).Read();
        string[] pickles = [.. records.Keys.Where(k => k.Split('/') is [PickleName] or [_, PickleName])];
        if (pickles.Length != 1)
        {
            throw file.Bad($"it is a zip archive with {pickles.Length} files named {PickleName} at its top; a PyTorch archive has one. " +
                (pickles.Length == 0 ? "It may hold files to be unpacked first, or arrays of numpy" : "It was made to deceive"));
        }
        folder = pickles[0][..^PickleName.Length];
        bigEndian = records.ContainsKey(folder + "byteorder") && ByteOrder() == "big";
    }

    public static WeightsContent Read(SourceFile file) => new PyTorchZip(file).Read();

    WeightsContent Read()
    {
        string name = folder + PickleName;
        var input = new PickleInput(file.Path, name, Content(records[name], PickleMachine.MaxBytes));
        object? root = PickleMachine.Load(ref input, Storage);
        string format = records.ContainsKey(folder + "constants.pkl") ? "TorchScript" : "PyTorch zip";
        return new Checkpoint(file, root).Content(format);
    }

    /// <summary>The storage of a persistent id: ('storage', class, key, device, number of elements).</summary>
    PickleStorage Storage(PickleTuple id)
    {
        if (id.Items is not ["storage", PickleGlobal type, string key, _, long count, ..] || !PickleGlobals.IsStorage(type))
            throw new PickleException("it describes a storage in a way that no version of PyTorch does");
        if (key.Length == 0 || !key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            throw new PickleException($"it asks for the storage '{key}'; expected a number, the name of a file in '{folder}data/'");
        if (!records.TryGetValue($"{folder}data/{key}", out ZipRecord? record))
            throw new PickleException($"it asks for the storage '{key}', but there is no '{folder}data/{key}' in the archive");
        int size = type.DType?.Size() ?? 1;
        if (record.Bytes / size != count)
        {
            throw new PickleException(
                $"storage '{key}' is said to have {count} elements of {size} bytes; '{record.Name}' has {record.Bytes} bytes");
        }
        if (record.Deflated)
        {
            throw new PickleException(
                $"storage '{key}' is compressed, which PyTorch does not do: pack the archive again without compression");
        }
        return new PickleStorage(type.DType, Bytes(record), FirstElement: 0, count);
    }

    WeightsStorage Bytes(ZipRecord record)
    {
        if (!storages.TryGetValue(record.Name, out WeightsStorage? bytes))
        {
            bytes = new WeightsStorage
            {
                FileOffset = record.Offset,
                ByteLength = record.Bytes,
                Crc32 = record.Crc32,
                BigEndian = bigEndian,
            };
            storages.Add(record.Name, bytes);
        }
        return bytes;
    }

    string ByteOrder()
    {
        string order = System.Text.Encoding.UTF8.GetString(Content(records[folder + "byteorder"], limit: 64));
        return order is "little" or "big" ? order : throw file.Bad($"'{folder}byteorder' says '{order}'; expected little or big");
    }

    /// <summary>The content of a small record, whose checksum must be right.</summary>
    byte[] Content(ZipRecord record, int limit)
    {
        if (record.Bytes > limit || record.StoredBytes > limit)
            throw file.Bad($"'{record.Name}' has {Math.Max(record.Bytes, record.StoredBytes)} bytes; at most {limit} are read");
        byte[] content = file.Read(record.Offset, (int)record.StoredBytes);
        if (record.Deflated)
            content = Inflate(record, content);
        if (Crc32.Of(content) != record.Crc32)
            throw file.Bad($"'{record.Name}' does not match its checksum; the file is damaged: download or copy it again");
        return content;
    }

    byte[] Inflate(ZipRecord record, byte[] deflated)
    {
        byte[] content = new byte[record.Bytes];
        using var stream = new DeflateStream(new MemoryStream(deflated), CompressionMode.Decompress);
        try
        {
            stream.ReadExactly(content);
            if (stream.ReadByte() < 0)
                return content;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw file.Bad($"'{record.Name}' cannot be decompressed; the file is damaged", e);
        }
        throw file.Bad($"'{record.Name}' has more than the {record.Bytes} bytes that the directory of the archive announces");
    }
}
