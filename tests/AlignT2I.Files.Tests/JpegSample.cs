namespace AlignT2I.Files.Tests;

/// <summary>A baseline JPEG of blocks of one colour each, written bit by bit: what it must decode to is known without a decoder.</summary>
internal static class JpegSample
{
    const int Block = 8;

    /// <summary>A file without subsampling whose blocks are flat.</summary>
    /// <param name="blocks">Samples as the file holds them, [rows, columns, components]: grey, YCbCr or CMYK.</param>
    /// <param name="height">Pixels, up to 8 times the rows.</param>
    /// <param name="width">Pixels, up to 8 times the columns.</param>
    public static byte[] Create(byte[,,] blocks, int height, int width)
    {
        int components = blocks.GetLength(2);
        List<byte> jpeg = [0xff, 0xd8];
        if (components == 4)        // Adobe's marker, transform 0: CMYK
            Segment(jpeg, 0xee, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0]);
        Segment(jpeg, 0xdb, [0, .. Enumerable.Repeat((byte)8, 64)]);        // quantizer 8: a DC coefficient of q is a level of 128 + q
        byte[] frame = [8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, (byte)components];
        Segment(jpeg, 0xc0, [.. frame, .. Enumerable.Range(1, components).SelectMany(c => new byte[] { (byte)c, 0x11, 0 })]);
        // DC: the ten lengths 0 to 9 have four-bit codes; AC: only "end of block", one bit.
        Segment(jpeg, 0xc4, [0x00, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. Enumerable.Range(0, 10).Select(i => (byte)i)]);
        Segment(jpeg, 0xc4, [0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        byte[] scan = [(byte)components, .. Enumerable.Range(1, components).SelectMany(c => new byte[] { (byte)c, 0 }), 0, 63, 0];
        Segment(jpeg, 0xda, scan);
        jpeg.AddRange(Encode(blocks));
        jpeg.AddRange([0xff, 0xd9]);
        return [.. jpeg];
    }

    /// <summary>The samples of each pixel.</summary>
    public static byte[] Pixels(byte[,,] blocks, int height, int width, Func<byte[], byte[]> color) =>
    [
        .. from y in Enumerable.Range(0, height)
           from x in Enumerable.Range(0, width)
           from sample in color([.. Enumerable.Range(0, blocks.GetLength(2)).Select(c => blocks[y / Block, x / Block, c])])
           select sample,
    ];

    static void Segment(List<byte> jpeg, byte marker, byte[] data) =>
        jpeg.AddRange([0xff, marker, (byte)((data.Length + 2) >> 8), (byte)(data.Length + 2), .. data]);

    static IEnumerable<byte> Encode(byte[,,] blocks)
    {
        List<bool> bits = [];
        int[] previous = new int[blocks.GetLength(2)];
        for (int row = 0; row < blocks.GetLength(0); row++)
        {
            for (int column = 0; column < blocks.GetLength(1); column++)
            {
                for (int c = 0; c < previous.Length; c++)
                {
                    int dc = blocks[row, column, c] - 128, difference = dc - previous[c];
                    previous[c] = dc;
                    int length = 0;
                    while (Math.Abs(difference) >> length != 0)
                        length++;
                    Add(bits, length, 4);
                    Add(bits, difference < 0 ? difference + (1 << length) - 1 : difference, length);
                    Add(bits, 0, 1);
                }
            }
        }
        while (bits.Count % 8 != 0)
            bits.Add(true);
        foreach (bool[] octet in bits.Chunk(8))
        {
            int value = octet.Aggregate(0, (v, bit) => 2 * v + (bit ? 1 : 0));
            yield return (byte)value;
            if (value == 0xff)
                yield return 0;
        }
    }

    static void Add(List<bool> bits, int value, int count)
    {
        for (int i = count - 1; i >= 0; i--)
            bits.Add((value >> i & 1) == 1);
    }
}
