using System.IO.Compression;
using System.Text;

namespace AlignT2I.Files;

/// <summary>Collects the text chunks of a PNG: tEXt, zTXt and iTXt.</summary>
internal sealed class PngTextReader(string path)
{
    const int MaxTextBytes = 1 << 24;

    static readonly UTF8Encoding strictUtf8 = new(false, throwOnInvalidBytes: true);

    readonly Dictionary<string, string> texts = new(StringComparer.Ordinal);
    int inflatedBytes;

    public IReadOnlyDictionary<string, string> Texts => texts;

    /// <summary>Reads a chunk of text; false where it is something else.</summary>
    /// <param name="type">The chunk's four letters.</param>
    /// <param name="data">The chunk's data.</param>
    public bool TryRead(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        if (type.SequenceEqual("tEXt"u8))
            Add(CutAtZero(ref data), Encoding.Latin1.GetString(data));
        else if (type.SequenceEqual("zTXt"u8))
            Add(CutAtZero(ref data), Encoding.Latin1.GetString(Inflate(Cut(ref data, 1), data)));
        else if (type.SequenceEqual("iTXt"u8))
            ReadInternational(data);
        else
            return false;
        return true;
    }

    void ReadInternational(ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<byte> keyword = CutAtZero(ref data), compression = Cut(ref data, 2);
        CutAtZero(ref data);        // language
        CutAtZero(ref data);        // translated keyword
        ReadOnlySpan<byte> text = compression[0] == 0 ? data : Inflate(compression[1..], data);
        try
        {
            Add(keyword, strictUtf8.GetString(text));
        }
        catch (DecoderFallbackException e)
        {
            throw new FileFormatException(path, "a text chunk is not UTF-8; it is damaged.", e);
        }
    }

    void Add(ReadOnlySpan<byte> keyword, string text)
    {
        if (keyword.Length is 0 or > 79)
            throw new FileFormatException(path, $"a text chunk has a keyword of {keyword.Length} characters; expected 1 to 79.");
        texts.TryAdd(Encoding.Latin1.GetString(keyword), text);
    }

    ReadOnlySpan<byte> Inflate(ReadOnlySpan<byte> method, ReadOnlySpan<byte> data)
    {
        if (method[0] != 0)
            throw new FileFormatException(path, $"a text chunk has the unknown compression {method[0]}.");
        using var inflated = new ZLibStream(new MemoryStream(data.ToArray()), CompressionMode.Decompress);
        using var text = new MemoryStream();
        byte[] buffer = new byte[4096];
        try
        {
            for (int read; (read = inflated.Read(buffer)) > 0; text.Write(buffer, 0, read))
            {
                inflatedBytes += read;
                if (inflatedBytes > MaxTextBytes)
                    throw new FileFormatException(path, $"its compressed texts expand to more than {MaxTextBytes} bytes.");
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new FileFormatException(path, "a text chunk cannot be decompressed; it is damaged.", e);
        }
        return text.ToArray();
    }

    ReadOnlySpan<byte> CutAtZero(ref ReadOnlySpan<byte> data)
    {
        int zero = data.IndexOf((byte)0);
        if (zero < 0)
            throw new FileFormatException(path, "a text chunk lacks the zero byte after a name; it is damaged.");
        ReadOnlySpan<byte> head = data[..zero];
        data = data[(zero + 1)..];
        return head;
    }

    ReadOnlySpan<byte> Cut(ref ReadOnlySpan<byte> data, int length)
    {
        if (data.Length < length)
            throw new FileFormatException(path, "a text chunk is too short; it is damaged.");
        ReadOnlySpan<byte> head = data[..length];
        data = data[length..];
        return head;
    }
}
