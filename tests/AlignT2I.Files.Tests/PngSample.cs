using System.Buffers.Binary;
using System.IO.Compression;

namespace AlignT2I.Files.Tests;

/// <summary>
/// A PNG of random samples in any colour type, depth and interlacing, written sample by sample as the specification says, and what it
/// must decode to.
/// </summary>
internal sealed class PngSample
{
    public required byte[] Bytes { get; init; }

    /// <summary>[height, width, channels].</summary>
    public required byte[] Expected { get; init; }

    public required int Channels { get; init; }

    public static PngSample Create(int width, int height, int depth, int color, bool interlaced, bool transparency, int seed)
    {
        var random = new Random(seed);
        int samples = color switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        int max = (1 << depth) - 1;
        int[,,] values = new int[height, width, samples];
        for (int i = 0; i < values.Length; i++)
            values[i / samples / width, i / samples % width, i % samples] = random.Next(max + 1);

        byte[] palette = new byte[3 * (max + 1)], alpha = new byte[max / 2 + 1];
        random.NextBytes(palette);
        random.NextBytes(alpha);

        using var png = new MemoryStream();
        png.Write([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = ((byte)depth, (byte)color, interlaced ? (byte)1 : (byte)0);
        WriteChunk(png, "IHDR"u8, header);
        if (color == 3)
            WriteChunk(png, "PLTE"u8, palette);
        if (transparency)
            WriteChunk(png, "tRNS"u8, color == 3 ? alpha : TransparentColor(values, samples));
        byte[] data = Compress(values, samples, depth, interlaced, random);
        int half = data.Length / 2;
        WriteChunk(png, "IDAT"u8, data.AsSpan(0, half));
        WriteChunk(png, "IDAT"u8, data.AsSpan(half));
        WriteChunk(png, "IEND"u8, []);

        int channels = transparency || color is 4 or 6 ? 4 : 3;
        var expected = new List<byte>();
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int[] pixel = [.. Enumerable.Range(0, samples).Select(c => values[y, x, c])];
                int[] first = [.. Enumerable.Range(0, samples).Select(c => values[0, 0, c])];
                byte[] scaled = [.. pixel.Select(v => (byte)(depth == 16 ? v / 256 : v * 255 / max))];
                byte[] rgb = color == 3 ? palette[(3 * pixel[0])..(3 * pixel[0] + 3)]
                    : samples < 3 ? [scaled[0], scaled[0], scaled[0]] : scaled[..3];
                expected.AddRange(rgb);
                if (channels == 4)
                {
                    expected.Add(color switch
                    {
                        4 or 6 => scaled[^1],
                        3 => pixel[0] < alpha.Length ? alpha[pixel[0]] : (byte)255,
                        _ => pixel.SequenceEqual(first) ? (byte)0 : (byte)255,
                    });
                }
            }
        }
        return new PngSample { Bytes = png.ToArray(), Expected = [.. expected], Channels = channels };
    }

    static byte[] TransparentColor(int[,,] values, int samples)
        => [.. Enumerable.Range(0, samples).SelectMany(c => new[] { (byte)(values[0, 0, c] >> 8), (byte)values[0, 0, c] })];

    static byte[] Compress(int[,,] values, int samples, int depth, bool interlaced, Random random)
    {
        (int X, int Y, int StepX, int StepY)[] passes = interlaced
            ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
            : [(0, 0, 1, 1)];
        using var stream = new MemoryStream();
        using (var deflate = new ZLibStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach ((int startX, int startY, int stepX, int stepY) in passes)
            {
                byte[]? above = null;
                for (int y = startY; y < values.GetLength(0) && startX < values.GetLength(1); y += stepY)
                {
                    var bits = new List<bool>();
                    for (int x = startX; x < values.GetLength(1); x += stepX)
                    {
                        for (int c = 0; c < samples; c++)
                            bits.AddRange(Enumerable.Range(0, depth).Select(b => (values[y, x, c] >> (depth - 1 - b) & 1) == 1));
                    }
                    byte[] row = new byte[(bits.Count + 7) / 8];
                    for (int i = 0; i < bits.Count; i++)
                        row[i / 8] |= (byte)(bits[i] ? 0x80 >> i % 8 : 0);
                    above ??= new byte[row.Length];
                    int filter = random.Next(5);
                    deflate.WriteByte((byte)filter);
                    deflate.Write(Filter(filter, row, above, Math.Max(1, samples * depth / 8)));
                    above = row;
                }
            }
        }
        return stream.ToArray();
    }

    static byte[] Filter(int filter, byte[] row, byte[] above, int distance)
    {
        byte[] filtered = new byte[row.Length];
        for (int i = 0; i < row.Length; i++)
        {
            int a = i < distance ? 0 : row[i - distance], b = above[i], c = i < distance ? 0 : above[i - distance];
            int p = a + b - c;
            int nearest = new[] { a, b, c }.MinBy(v => Math.Abs(p - v));     // the first of equals, in the order a, b, c
            filtered[i] = (byte)(row[i] - new[] { 0, a, b, (a + b) / 2, nearest }[filter]);
        }
        return filtered;
    }

    public static void WriteChunk(Stream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        byte[] number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        byte[] typed = [.. type, .. data];
        png.Write(typed);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Of(typed));
        png.Write(number);
    }
}
