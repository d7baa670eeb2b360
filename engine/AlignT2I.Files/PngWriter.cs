using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace AlignT2I.Files;

/// <summary>Makes a PNG of 8 bits per sample.</summary>
internal static class PngWriter
{
    const int MaxKeywordChars = 79;

    /// <param name="image">The picture.</param>
    /// <param name="texts">Text chunks by keyword.</param>
    /// <returns>The whole file.</returns>
    public static byte[] Encode(Image image, IEnumerable<KeyValuePair<string, string>> texts)
    {
        using var png = new MemoryStream();
        png.Write(PngFormat.Signature);
        WriteChunk(png, "IHDR"u8, Header(image));
        foreach ((string keyword, string text) in texts)
            WriteText(png, keyword, text);
        WriteChunk(png, "IDAT"u8, Compress(image));
        WriteChunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    static byte[] Header(Image image)
    {
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), image.Height);
        header[8] = 8;
        header[9] = image.Channels switch { 1 => 0, 3 => 2, _ => 6 };
        return header;
    }

    /// <summary>Latin-1 text goes into tEXt, which every program reads, other text into iTXt.</summary>
    static void WriteText(MemoryStream png, string keyword, string text)
    {
        if (keyword.Length is 0 or > MaxKeywordChars || !IsLatin1(keyword) || keyword != keyword.Trim())
        {
            throw new ArgumentException(
                $"'{keyword}' is not a keyword for a PNG: 1 to {MaxKeywordChars} Latin-1 characters, no space at an end");
        }
        if (text.Contains('\0'))
            throw new ArgumentException($"the text for '{keyword}' contains a zero character, which ends a text in a PNG");
        byte[] name = Encoding.Latin1.GetBytes(keyword);
        if (IsLatin1(text))
            WriteChunk(png, "tEXt"u8, [.. name, 0, .. Encoding.Latin1.GetBytes(text)]);
        else
            WriteChunk(png, "iTXt"u8, [.. name, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(text)]);
    }

    static bool IsLatin1(string text)
    {
        foreach (char c in text)
        {
            if (c is not ('\n' or '\t' or (>= ' ' and <= '~') or (>= '\u00a0' and <= '\u00ff')))
                return false;
        }
        return true;
    }

    static byte[] Compress(Image image)
    {
        int rowBytes = image.Width * image.Channels;
        byte[] zeros = new byte[rowBytes], best = new byte[1 + rowBytes], trial = new byte[1 + rowBytes];
        using var compressed = new MemoryStream();
        using (var deflate = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int y = 0; y < image.Height; y++)
            {
                ReadOnlySpan<byte> row = image.Pixels.AsSpan(y * rowBytes, rowBytes);
                ReadOnlySpan<byte> above = y == 0 ? zeros : image.Pixels.AsSpan((y - 1) * rowBytes, rowBytes);
                ChooseFilter(row, above, image.Channels, ref best, ref trial);
                deflate.Write(best);
            }
        }
        return compressed.ToArray();
    }

    /// <summary>
    /// The filter whose result, as signed bytes, has the smallest sum of magnitudes: what the specification advises for true colour.
    /// </summary>
    static void ChooseFilter(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int pixelBytes, ref byte[] best, ref byte[] trial)
    {
        long smallest = long.MaxValue;
        for (int filter = 0; filter < PngFormat.FilterCount; filter++)
        {
            trial[0] = (byte)filter;
            PngFormat.Filter(filter, row, above, pixelBytes, trial.AsSpan(1));
            long sum = 0;
            foreach (byte b in trial.AsSpan(1))
                sum += Math.Abs((int)(sbyte)b);
            if (sum < smallest)
            {
                smallest = sum;
                (best, trial) = (trial, best);
            }
        }
    }

    static void WriteChunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        byte[] typed = [.. type, .. data];
        png.Write(typed);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Of(typed));
        png.Write(number);
    }
}
