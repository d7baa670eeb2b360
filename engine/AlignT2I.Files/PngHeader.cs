using System.Buffers.Binary;

namespace AlignT2I.Files;

/// <summary>The IHDR chunk of a PNG, after its checks.</summary>
/// <param name="Width">Pixels per row.</param>
/// <param name="Height">Rows.</param>
/// <param name="BitDepth">Bits per sample: 1, 2, 4, 8 or 16.</param>
/// <param name="ColorType">0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.</param>
/// <param name="Interlaced">Whether the rows come in the seven passes of Adam7.</param>
internal readonly record struct PngHeader(int Width, int Height, int BitDepth, int ColorType, bool Interlaced)
{
    const int Bytes = 13;

    public int Samples => ColorType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    public bool HasAlpha => ColorType is 4 or 6;

    public bool HasPalette => ColorType == 3;

    /// <summary>Whether a pixel is the number of a colour, or black or white.</summary>
    public bool IsIndexed => HasPalette || BitDepth == 1;

    /// <summary>Distance between the bytes that a row filter compares.</summary>
    public int PixelBytes => Math.Max(1, Samples * BitDepth / 8);

    /// <summary>Where the pixels of each pass lie: first column and row, step between columns and between rows.</summary>
    public ReadOnlySpan<PngPass> Passes => Interlaced ? PngPass.Adam7 : PngPass.Single;

    /// <summary>Bytes of a row of so many pixels, without its filter byte.</summary>
    public int RowBytes(int pixels) => (int)(((long)pixels * Samples * BitDepth + 7) / 8);

    /// <summary>Bytes of all rows with their filter bytes.</summary>
    public long RawBytes
    {
        get
        {
            long total = 0;
            foreach (PngPass pass in Passes)
            {
                (int columns, int rows) = pass.Size(Width, Height);
                if (columns > 0)
                    total += (1L + RowBytes(columns)) * rows;
            }
            return total;
        }
    }

    /// <param name="path">For messages.</param>
    /// <param name="chunk">The chunk's data.</param>
    public static PngHeader Parse(string path, ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length != Bytes)
            throw new FileFormatException(path, $"its header chunk has {chunk.Length} bytes; expected {Bytes}.");
        uint width = BinaryPrimitives.ReadUInt32BigEndian(chunk), height = BinaryPrimitives.ReadUInt32BigEndian(chunk[4..]);
        if (width == 0 || height == 0 || width > int.MaxValue || height > int.MaxValue)
            throw new FileFormatException(path, $"it is said to be {width} x {height} pixels; the format allows 1 to 2^31 - 1 each.");
        ImageFile.CheckSize(path, width, height);
        (byte depth, byte color, byte compression, byte filter, byte interlace) = (chunk[8], chunk[9], chunk[10], chunk[11], chunk[12]);
        bool known = color switch
        {
            0 => depth is 1 or 2 or 4 or 8 or 16,
            3 => depth is 1 or 2 or 4 or 8,
            2 or 4 or 6 => depth is 8 or 16,
            _ => false,
        };
        if (!known)
            throw new FileFormatException(path, $"colour type {color} with {depth} bits does not exist in PNG.");
        if (compression != 0 || filter != 0 || interlace > 1)
        {
            throw new FileFormatException(path,
                $"compression {compression}, filter {filter}, interlace {interlace}; expected 0, 0 and 0 or 1.");
        }
        return new PngHeader((int)width, (int)height, depth, color, interlace == 1);
    }
}
