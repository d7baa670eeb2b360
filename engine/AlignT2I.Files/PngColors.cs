using System.Buffers.Binary;

namespace AlignT2I.Files;

/// <summary>Turns the samples of a PNG row into 8-bit RGB, or RGBA where the file has any transparency.</summary>
internal sealed class PngColors
{
    readonly string path;
    readonly PngHeader header;
    readonly byte[] palette;            // RGB triples
    readonly byte[] paletteAlpha;
    readonly int[]? transparent;        // the samples of the one transparent colour, in the file's depth

    /// <param name="path">For messages.</param>
    /// <param name="header">The image's header.</param>
    /// <param name="palette">Data of the PLTE chunk, or empty.</param>
    /// <param name="transparency">Data of the tRNS chunk, or null.</param>
    public PngColors(string path, PngHeader header, byte[] palette, byte[]? transparency)
    {
        this.path = path;
        this.header = header;
        this.palette = palette;
        paletteAlpha = [];
        int entries = palette.Length / 3;
        if (palette.Length % 3 != 0 || entries > 256 || (header.HasPalette && entries == 0))
            throw new FileFormatException(path, $"its palette has {palette.Length} bytes; expected 1 to 256 entries of 3.");
        Channels = header.HasAlpha || transparency is not null ? 4 : 3;
        if (transparency is null)
            return;
        if (header.HasPalette)
        {
            if (transparency.Length > entries)
                throw new FileFormatException(path, $"its transparency has {transparency.Length} entries, its palette {entries}.");
            paletteAlpha = transparency;
        }
        else
        {
            if (header.HasAlpha || transparency.Length != 2 * header.Samples)
            {
                throw new FileFormatException(path,
                    $"its transparency chunk of {transparency.Length} bytes does not fit colour type {header.ColorType}.");
            }
            transparent = new int[header.Samples];
            for (int i = 0; i < transparent.Length; i++)
                transparent[i] = BinaryPrimitives.ReadUInt16BigEndian(transparency.AsSpan(2 * i)) & ((1 << header.BitDepth) - 1);
        }
    }

    /// <summary>3, or 4 with alpha.</summary>
    public int Channels { get; }

    /// <summary>Writes the pixels of one row.</summary>
    /// <param name="row">Samples as in the file, filters undone.</param>
    /// <param name="count">Number of pixels.</param>
    /// <param name="target">From the first pixel on.</param>
    /// <param name="step">Bytes from one pixel to the next in <paramref name="target"/>.</param>
    public void Expand(ReadOnlySpan<byte> row, int count, Span<byte> target, int step)
    {
        for (int i = 0; i < count; i++)
        {
            Span<byte> pixel = target.Slice(i * step, Channels);
            if (header.HasPalette)
                LookUp(Sample(row, i), pixel);
            else
                Expand(row, i, pixel);
        }
    }

    void LookUp(int index, Span<byte> pixel)
    {
        if (3 * index >= palette.Length)
            throw new FileFormatException(path, $"a pixel has colour {index}, but the palette has only {palette.Length / 3}.");
        palette.AsSpan(3 * index, 3).CopyTo(pixel);
        if (Channels == 4)
            pixel[3] = index < paletteAlpha.Length ? paletteAlpha[index] : byte.MaxValue;
    }

    void Expand(ReadOnlySpan<byte> row, int index, Span<byte> pixel)
    {
        int samples = header.Samples, first = index * samples;
        bool grey = samples < 3;
        for (int c = 0; c < 3; c++)
            pixel[c] = Scale(Sample(row, grey ? first : first + c));
        if (Channels == 4)
            pixel[3] = header.HasAlpha ? Scale(Sample(row, first + samples - 1)) : IsTransparent(row, first) ? (byte)0 : byte.MaxValue;
    }

    bool IsTransparent(ReadOnlySpan<byte> row, int first)
    {
        for (int c = 0; c < transparent!.Length; c++)
        {
            if (Sample(row, first + c) != transparent[c])
                return false;
        }
        return true;
    }

    int Sample(ReadOnlySpan<byte> row, int index)
    {
        int depth = header.BitDepth;
        if (depth == 8)
            return row[index];
        if (depth == 16)
            return row[2 * index] << 8 | row[2 * index + 1];
        int bit = index * depth;
        return row[bit / 8] >> (8 - depth - bit % 8) & ((1 << depth) - 1);
    }

    /// <summary>16 bits keep their high byte, as in libpng and the Python Imaging Library; 1, 2 and 4 bits divide 255.</summary>
    byte Scale(int sample) => (byte)(header.BitDepth == 16 ? sample >> 8 : sample * 255 / ((1 << header.BitDepth) - 1));
}
