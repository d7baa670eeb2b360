namespace AlignT2I.Files;

/// <summary>Reads JPEG files.</summary>
internal static class JpegReader
{
    /// <inheritdoc cref="ImageSharpReader.Decode"/>
    public static Image Decode(ReadOnlySpan<byte> bytes, string name) => ImageSharpReader.Decode(bytes, name, "JPEG");
}
