namespace AlignT2I.Files;

/// <summary>Reads WebP files.</summary>
internal static class WebPReader
{
    /// <inheritdoc cref="ImageSharpReader.Decode"/>
    public static Image Decode(ReadOnlySpan<byte> bytes, string name) => ImageSharpReader.Decode(bytes, name, "WebP");
}
