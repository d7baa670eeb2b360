using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace AlignT2I.Files;

/// <summary>Parses and checks the header of a safetensors file: an 8-byte length, a JSON object, then the data without holes.</summary>
/// <remarks>
/// Format: github.com/huggingface/safetensors, README.md, section "Format". What it allocates grows with the header's real bytes only.
/// </remarks>
internal sealed class SafetensorsHeader
{
    public const int LengthBytes = 8;
    public const long MaxHeaderBytes = 100_000_000;
    const int MaxRank = 32, MaxDepth = 8;
    public const string MetadataKey = "__metadata__";

    readonly string path;
    readonly long dataStart, dataBytes;
    readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);
    readonly Dictionary<string, SafetensorsTensor> byName = new(StringComparer.Ordinal);
    readonly List<SafetensorsTensor> tensors = [];

    SafetensorsHeader(string path, long dataStart, long dataBytes)
        => (this.path, this.dataStart, this.dataBytes) = (path, dataStart, dataBytes);

    public IReadOnlyDictionary<string, string> Metadata => metadata;

    public IReadOnlyDictionary<string, SafetensorsTensor> ByName => byName;

    public IReadOnlyList<SafetensorsTensor> Tensors => tensors;

    /// <summary>Length of the JSON part, checked against the file.</summary>
    /// <param name="path">For messages.</param>
    /// <param name="lengthField">The first 8 bytes of the file.</param>
    /// <param name="fileBytes">Size of the file, at least 8.</param>
    public static int ReadLength(string path, ReadOnlySpan<byte> lengthField, long fileBytes)
    {
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(lengthField);
        if (length > (ulong)(fileBytes - LengthBytes))
        {
            throw new FileFormatException(path,
                $"the header is said to take {length} bytes, but the file has only {fileBytes - LengthBytes} " +
                "after the length; it is cut off or not a safetensors file.");
        }
        if (length is < 2 or > (ulong)MaxHeaderBytes)
            throw new FileFormatException(path, $"the header is said to take {length} bytes; the format allows 2 to {MaxHeaderBytes}.");
        return (int)length;
    }

    /// <summary>Parses the JSON part and checks every entry against the file's size.</summary>
    /// <param name="path">For messages.</param>
    /// <param name="json">The JSON part.</param>
    /// <param name="fileBytes">Size of the file.</param>
    public static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> json, long fileBytes)
    {
        long dataStart = LengthBytes + json.Length;
        var header = new SafetensorsHeader(path, dataStart, fileBytes - dataStart);
        if (json[0] != (byte)'{')
            throw header.Bad($"the header begins with byte 0x{json[0]:x2}; a safetensors header is a JSON object and begins with '{{'");
        if (!Utf8.IsValid(json))
            throw header.Bad("the header is not UTF-8");
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
            header.ReadObject(ref reader);
        }
        catch (JsonException e)
        {
            throw new FileFormatException(path, $"the header is not valid JSON: {e.Message}", e);
        }
        header.CheckLayout();
        return header;
    }

    void ReadObject(ref Utf8JsonReader reader)
    {
        reader.Read();
        bool sawMetadata = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = ReadString(ref reader);
            reader.Read();
            if (name == MetadataKey)
            {
                if (sawMetadata)
                    throw Bad($"'{MetadataKey}' occurs twice in the header");
                sawMetadata = true;
                ReadMetadata(ref reader);
            }
            else
            {
                SafetensorsTensor tensor = ReadTensor(ref reader, name);
                if (!byName.TryAdd(name, tensor))
                    throw Bad($"tensor '{Printable.Text(name)}' occurs twice in the header");
                tensors.Add(tensor);
            }
        }
        if (reader.Read())
            throw Bad("the header goes on after its JSON object");
    }

    void ReadMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, $"'{MetadataKey}'", "an object of strings");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = ReadString(ref reader);
            reader.Read();
            Expect(ref reader, JsonTokenType.String, $"'{MetadataKey}' entry '{Printable.Text(key)}'", "a string");
            if (!metadata.TryAdd(key, ReadString(ref reader)))
                throw Bad($"'{MetadataKey}' has the key '{Printable.Text(key)}' twice");
        }
    }

    SafetensorsTensor ReadTensor(ref Utf8JsonReader reader, string name)
    {
        string what = $"tensor '{Printable.Text(name)}'";
        Expect(ref reader, JsonTokenType.StartObject, what, "an object with dtype, shape and data_offsets");
        SafetensorsDType? dtype = null;
        long[]? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = ReadString(ref reader);
            reader.Read();
            bool first;
            switch (key)
            {
                case "dtype":
                    first = dtype is null;
                    dtype = ReadDType(ref reader, what);
                    break;
                case "shape":
                    first = shape is null;
                    shape = ReadIntegers(ref reader, $"shape of {what}");
                    break;
                case "data_offsets":
                    first = offsets is null;
                    offsets = ReadIntegers(ref reader, $"data_offsets of {what}");
                    break;
                default:
                    throw Bad($"{what} has the unknown field '{Printable.Text(key)}'; the format has dtype, shape and data_offsets");
            }
            if (!first)
                throw Bad($"{what} has the field '{key}' twice");
        }
        if (dtype is null || shape is null || offsets is null)
            throw Bad($"{what} lacks {(dtype is null ? "dtype" : shape is null ? "shape" : "data_offsets")}");
        return Check(name, what, dtype.Value, shape, offsets);
    }

    SafetensorsTensor Check(string name, string what, SafetensorsDType dtype, long[] shape, long[] offsets)
    {
        if (offsets.Length != 2)
            throw Bad($"{what} has {offsets.Length} data_offsets; expected 2, begin and end");
        (long begin, long end) = (offsets[0], offsets[1]);
        if (begin > end)
            throw Bad($"{what} begins at byte {begin}, after its end {end}");
        if (end > dataBytes)
            throw Bad($"{what} ends at byte {end} of the data, but the file has only {dataBytes}; it is cut off or the header is wrong");
        if (ByteLength(shape, dtype) is not { } expected)
            throw Bad($"{what} has shape [{string.Join(", ", shape)}], more than 2^63 bytes");
        if (expected != end - begin)
        {
            throw Bad($"{what} is {dtype.FileName()} [{string.Join(", ", shape)}] and needs {expected} bytes, " +
                $"but its data_offsets span {end - begin}");
        }
        return new SafetensorsTensor(name, dtype, shape, dataStart + begin, expected);
    }

    /// <summary>Product of the dimensions times the element size; null where it passes 2^63.</summary>
    internal static long? ByteLength(ReadOnlySpan<long> shape, SafetensorsDType dtype)
    {
        Int128 bytes = dtype.Size();
        foreach (long dimension in shape)
        {
            bytes *= dimension;     // 2^63 times 2^63 fits
            if (bytes > long.MaxValue)
                return null;
        }
        return (long)bytes;
    }

    SafetensorsDType ReadDType(ref Utf8JsonReader reader, string what)
    {
        Expect(ref reader, JsonTokenType.String, $"dtype of {what}", "a string");
        string dtype = ReadString(ref reader);
        return SafetensorsDTypes.Parse(dtype) ?? throw Bad($"{what} has the unknown dtype '{Printable.Text(dtype)}'; " +
            $"known are {string.Join(", ", Enum.GetValues<SafetensorsDType>().Select(d => d.FileName()))}");
    }

    long[] ReadIntegers(ref Utf8JsonReader reader, string what)
    {
        Expect(ref reader, JsonTokenType.StartArray, what, "an array of integers");
        var values = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (values.Count == MaxRank)
                throw Bad($"{what} has more than {MaxRank} entries");
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long value) || value < 0)
                throw Bad($"{what} has an entry that is not an integer from 0 to 2^63 - 1");
            values.Add(value);
        }
        return [.. values];
    }

    /// <summary>
    /// The tensors, in the order of their bytes, must cover the data exactly: no hole, no overlap, nothing after the last.
    /// </summary>
    void CheckLayout()
    {
        long position = dataStart;
        SafetensorsTensor? previous = null;
        foreach (SafetensorsTensor tensor in tensors.OrderBy(t => t.Offset).ThenBy(t => t.ByteLength))
        {
            if (tensor.Offset != position)
            {
                string after = previous is null ? "the start of the data" : $"tensor '{Printable.Text(previous.Name)}'";
                throw Bad(tensor.Offset < position
                    ? $"tensor '{Printable.Text(tensor.Name)}' overlaps {after}"
                    : $"there are {tensor.Offset - position} unused bytes between {after} and tensor '{Printable.Text(tensor.Name)}'");
            }
            position += tensor.ByteLength;
            previous = tensor;
        }
        if (position != dataStart + dataBytes)
            throw Bad($"{dataStart + dataBytes - position} bytes follow the last tensor; the format allows none");
    }

    void Expect(ref Utf8JsonReader reader, JsonTokenType token, string what, string expected)
    {
        if (reader.TokenType != token)
            throw Bad($"{what} is a JSON {reader.TokenType}; expected {expected}");
    }

    string ReadString(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)     // an escaped half of a surrogate pair
        {
            throw new FileFormatException(path, "the header has a string that is not Unicode.", e);
        }
    }

    FileFormatException Bad(string problem) => new(path, problem + ".");
}
