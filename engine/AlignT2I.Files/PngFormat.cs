namespace AlignT2I.Files;

/// <summary>What reading and writing a PNG share: the signature, the checksum, the row filters.</summary>
internal static class PngFormat
{
    public const int FilterCount = 5;

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>row[i] += prediction from the bytes to the left, above and above left, modulo 256.</summary>
    /// <param name="filter">0 none, 1 left, 2 above, 3 their average, 4 Paeth's choice.</param>
    /// <param name="row">Filtered bytes in, plain bytes out.</param>
    /// <param name="above">The plain row above; zeros for the first.</param>
    /// <param name="pixelBytes">Distance to the byte on the left, at least 1.</param>
    public static void Unfilter(int filter, Span<byte> row, ReadOnlySpan<byte> above, int pixelBytes)
    {
        for (int i = 0; i < row.Length; i++)
        {
            bool first = i < pixelBytes;
            row[i] += Predict(filter, first ? (byte)0 : row[i - pixelBytes], above[i], first ? (byte)0 : above[i - pixelBytes]);
        }
    }

    /// <summary>The inverse of <see cref="Unfilter"/>, into another row.</summary>
    public static void Filter(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int pixelBytes, Span<byte> filtered)
    {
        for (int i = 0; i < row.Length; i++)
        {
            bool first = i < pixelBytes;
            byte left = first ? (byte)0 : row[i - pixelBytes], aboveLeft = first ? (byte)0 : above[i - pixelBytes];
            filtered[i] = (byte)(row[i] - Predict(filter, left, above[i], aboveLeft));
        }
    }

    static byte Predict(int filter, byte left, byte above, byte aboveLeft) => filter switch
    {
        0 => 0,
        1 => left,
        2 => above,
        3 => (byte)((left + above) / 2),
        _ => Paeth(left, above, aboveLeft),
    };

    static byte Paeth(byte left, byte above, byte aboveLeft)
    {
        int fromLeft = Math.Abs(above - aboveLeft), fromAbove = Math.Abs(left - aboveLeft);
        int fromAboveLeft = Math.Abs(left + above - 2 * aboveLeft);
        return fromLeft <= fromAbove && fromLeft <= fromAboveLeft ? left : fromAbove <= fromAboveLeft ? above : aboveLeft;
    }
}
