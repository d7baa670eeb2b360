using System.Buffers.Binary;
using System.IO.Compression;

namespace AlignT2I.Files;

/// <summary>
/// Reads one PNG from memory. What it allocates is bounded by the bytes that are there: deflate expands at most 1032 to 1.
/// </summary>
internal sealed class PngReader(string path)
{
    const int ChunkOverhead = 12;       // length, type, checksum
    const long MaxExpansion = 1032;

    readonly PngTextReader text = new(path);
    readonly MemoryStream compressed = new();
    PngHeader? header;
    byte[] palette = [];
    byte[]? transparency;
    bool imageDataEnded;

    public PngImage Read(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith(PngFormat.Signature))
            throw Bad("it does not begin with the PNG signature; it is another format or damaged");
        ReadOnlySpan<byte> rest = bytes[PngFormat.Signature.Length..];
        bool ended = false;
        while (!ended)
        {
            if (rest.Length < ChunkOverhead)
                throw Bad("it is cut off");
            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - ChunkOverhead)
            {
                throw Bad($"a chunk is said to take {length} bytes, but only {rest.Length - ChunkOverhead} follow; " +
                    "it is cut off or damaged");
            }
            ReadOnlySpan<byte> typed = rest.Slice(4, 4 + (int)length);
            if (BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]) != Crc32.Of(typed))
                throw Bad("a checksum does not match; it is damaged");
            ended = ReadChunk(typed[..4], typed[4..]);
            rest = rest[(ChunkOverhead + (int)length)..];
        }
        return new PngImage(ReadPixels(), text.Texts);
    }

    /// <returns>Whether this was the last chunk.</returns>
    bool ReadChunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        bool isImageData = type.SequenceEqual("IDAT"u8);
        if (header is null != type.SequenceEqual("IHDR"u8))
            throw Bad("its chunks are not in order: the header must come first, and once");
        if (isImageData && imageDataEnded)
            throw Bad("its chunks are not in order: image data in two places");
        if (!isImageData && compressed.Length > 0)
            imageDataEnded = true;

        if (header is null)
            header = PngHeader.Parse(path, data);
        else if (isImageData)
            compressed.Write(data);
        else if (type.SequenceEqual("PLTE"u8))
            palette = OnlyBefore(palette.Length > 0, data);
        else if (type.SequenceEqual("tRNS"u8))
            transparency = OnlyBefore(transparency is not null, data);
        else if (type.SequenceEqual("IEND"u8))
            return true;
        else if (!text.TryRead(type, data) && (type[0] & 0x20) == 0)
            throw Bad("it has a chunk that must be understood and is not; write it again with another program");
        return false;
    }

    byte[] OnlyBefore(bool seen, ReadOnlySpan<byte> data)
    {
        if (seen || compressed.Length > 0)
            throw Bad("its chunks are not in order: palette and transparency come once, before the image data");
        return data.ToArray();
    }

    Image ReadPixels()
    {
        PngHeader h = header!.Value;
        if (h.RawBytes > compressed.Length * MaxExpansion)
        {
            throw Bad($"it is said to be {h.Width} x {h.Height} pixels, too many for its {compressed.Length} bytes of image data; " +
                "it is cut off or damaged");
        }
        var colors = new PngColors(path, h, palette, transparency);
        byte[] pixels = new byte[(long)h.Width * h.Height * colors.Channels];
        compressed.Position = 0;
        using var inflated = new ZLibStream(compressed, CompressionMode.Decompress);
        try
        {
            foreach (PngPass pass in h.Passes)
                ReadPass(inflated, h, pass, colors, pixels);
            if (inflated.ReadByte() >= 0)
                throw Bad("its image data goes on after the last row; it is damaged");
        }
        catch (EndOfStreamException e)
        {
            throw new FileFormatException(path, "its image data ends before the last row; it is cut off or damaged.", e);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new FileFormatException(path, "its image data cannot be decompressed; it is damaged.", e);
        }
        return new Image(h.Width, h.Height, colors.Channels, pixels) { IsIndexed = h.IsIndexed };
    }

    void ReadPass(ZLibStream inflated, PngHeader h, PngPass pass, PngColors colors, byte[] pixels)
    {
        (int columns, int rows) = pass.Size(h.Width, h.Height);
        if (columns == 0 || rows == 0)
            return;
        byte[] current = new byte[1 + h.RowBytes(columns)], above = new byte[current.Length];       // a filter byte, then samples
        for (int r = 0; r < rows; r++)
        {
            inflated.ReadExactly(current);
            if (current[0] >= PngFormat.FilterCount)
                throw Bad($"row {r} has the unknown filter {current[0]}; it is damaged");
            PngFormat.Unfilter(current[0], current.AsSpan(1), above.AsSpan(1), h.PixelBytes);
            long first = ((long)(pass.Y + r * pass.StepY) * h.Width + pass.X) * colors.Channels;
            colors.Expand(current.AsSpan(1), columns, pixels.AsSpan((int)first), pass.StepX * colors.Channels);
            (current, above) = (above, current);
        }
    }

    FileFormatException Bad(string problem) => new(path, problem + ".");
}
