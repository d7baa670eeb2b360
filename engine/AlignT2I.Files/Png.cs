namespace AlignT2I.Files;

/// <summary>Portable Network Graphics.</summary>
/// <remarks>W3C Portable Network Graphics (PNG) Specification, third edition.</remarks>
public static class Png
{
    const int MaxFileBytes = 1 << 29;

    /// <summary>
    /// Reads any PNG: every colour type, bit depth and interlacing. 16-bit samples keep their high byte, colour profiles are not applied.
    /// </summary>
    /// <param name="path">The file, at most 512 MiB.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It is not a PNG, damaged, or larger than 2^26 pixels.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static PngImage Read(string path) => Decode(InputFile.ReadAllBytes(path, MaxFileBytes), path);

    /// <summary>Reads a PNG in memory.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="FileFormatException">It is not a PNG, damaged, or larger than 2^26 pixels.</exception>
    public static PngImage Decode(ReadOnlySpan<byte> bytes, string name) => new PngReader(name).Read(bytes);

    /// <summary>Writes a PNG of 8 bits per sample, whole or not at all.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="image">The picture.</param>
    /// <param name="text">Text chunks by keyword of 1 to 79 Latin-1 characters.</param>
    /// <exception cref="StorageException">It cannot be written.</exception>
    /// <exception cref="ArgumentException">A keyword or text is not allowed in a PNG.</exception>
    public static void Write(string path, Image image, IEnumerable<KeyValuePair<string, string>>? text = null)
        => AtomicFile.WriteAllBytes(path, Encode(image, text));

    /// <summary>Makes a PNG of 8 bits per sample in memory.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="text">Text chunks by keyword of 1 to 79 Latin-1 characters.</param>
    /// <returns>The whole file.</returns>
    /// <exception cref="ArgumentException">A keyword or text is not allowed in a PNG.</exception>
    public static byte[] Encode(Image image, IEnumerable<KeyValuePair<string, string>>? text = null) =>
        PngWriter.Encode(image, text ?? []);
}
