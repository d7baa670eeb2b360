using System.Buffers.Binary;

namespace AlignT2I.Files.Tests;

/// <summary>A lossless WebP of two colours, written bit by bit: what it must decode to is known without a decoder.</summary>
/// <remarks>WebP Lossless Bitstream Specification: no transforms, no colour cache, one group of five simple prefix codes.</remarks>
internal static class WebPSample
{
    /// <summary>A file whose pixels differ in green alone.</summary>
    /// <param name="color">Alpha, red, blue of all pixels and the two greens, the smaller first.</param>
    /// <param name="pixels">Whether a pixel has the second green, [height, width].</param>
    /// <param name="hasAlpha">What the header says of alpha.</param>
    public static byte[] Create((byte Alpha, byte Red, byte Blue, byte Green, byte SecondGreen) color, bool[,] pixels, bool hasAlpha)
    {
        List<bool> bits = [];
        Add(bits, pixels.GetLength(1) - 1, 14);
        Add(bits, pixels.GetLength(0) - 1, 14);
        Add(bits, hasAlpha ? 1 : 0, 1);
        Add(bits, 0, 3);        // version
        Add(bits, 0, 1);        // no transform
        Add(bits, 0, 1);        // no colour cache
        Add(bits, 0, 1);        // one group of prefix codes for all
        SimpleCode(bits, color.Green, color.SecondGreen);
        SimpleCode(bits, color.Red);
        SimpleCode(bits, color.Blue);
        SimpleCode(bits, color.Alpha);
        SimpleCode(bits, 0);    // distances, not used
        foreach (bool second in pixels)
            Add(bits, second ? 1 : 0, 1);
        byte[] data = [0x2f, .. bits.Chunk(8).Select(octet => (byte)octet.Select((bit, i) => bit ? 1 << i : 0).Sum())];
        return Container(("VP8L", data));
    }

    /// <summary>A file of chunks.</summary>
    public static byte[] Container(params (string Type, byte[] Data)[] chunks)
    {
        byte[] body = [.. "WEBP"u8, .. chunks.SelectMany(c => (byte[])
            [.. c.Type.Select(letter => (byte)letter), .. Number(c.Data.Length), .. c.Data, .. new byte[c.Data.Length % 2]])];
        return [.. "RIFF"u8, .. Number(body.Length), .. body];
    }

    static byte[] Number(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    /// <summary>A code of one symbol, which takes no bits, or of two, which take one.</summary>
    static void SimpleCode(List<bool> bits, params byte[] symbols)
    {
        Add(bits, 1, 1);
        Add(bits, symbols.Length - 1, 1);
        Add(bits, 1, 1);        // the first symbol has 8 bits, as the second has
        foreach (byte symbol in symbols)
            Add(bits, symbol, 8);
    }

    static void Add(List<bool> bits, int value, int count)
    {
        for (int i = 0; i < count; i++)
            bits.Add((value >> i & 1) == 1);
    }
}
