namespace AlignT2I.Files;

/// <summary>Pictures from outside: PNG, JPEG and WebP, told apart by their content, whatever the file's name.</summary>
/// <remarks>
/// PNG is read by this library, JPEG and WebP by the system's libturbojpeg and libwebp (by SixLabors.ImageSharp in a build with
/// <c>UseImageSharp</c>). Samples are the file's own: neither colour profiles nor the orientation in EXIF data are applied, as in
/// the Python Imaging Library.
/// </remarks>
public static class ImageFile
{
    /// <summary>Largest picture that is read, in pixels.</summary>
    internal const long MaxPixels = 1 << 26;

    const int MaxFileBytes = 1 << 29, ShownBytes = 8;

    /// <summary>Reads a picture.</summary>
    /// <param name="path">The file, at most 512 MiB.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It is no PNG, JPEG or WebP, or damaged, animated, or larger than 2^26 pixels.</exception>
    /// <exception cref="MissingLibraryException">The library for its format is not on this system.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static Image Read(string path) => Decode(InputFile.ReadAllBytes(path, MaxFileBytes), path);

    /// <summary>Reads a picture in memory.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="FileFormatException">It is no PNG, JPEG or WebP, or damaged, animated, or larger than 2^26 pixels.</exception>
    /// <exception cref="MissingLibraryException">The library for its format is not on this system.</exception>
    public static Image Decode(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.StartsWith(PngFormat.Signature))
            return Png.Decode(bytes, name).Image;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]))
            return JpegReader.Decode(bytes, name);
        if (bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8))
            return WebPReader.Decode(bytes, name);
        throw new FileFormatException(name, bytes.IsEmpty ? "it is empty; expected a PNG, JPEG or WebP picture."
            : $"it begins with the bytes {Convert.ToHexStringLower(bytes[..Math.Min(ShownBytes, bytes.Length)])}; "
                + "expected a PNG, JPEG or WebP picture.");
    }

    /// <summary>Checks a size that a file claims, before memory is taken for it.</summary>
    internal static void CheckSize(string name, long width, long height)
    {
        if (width < 1 || height < 1)
            throw new FileFormatException(name, $"it is said to be {width} x {height} pixels; it is damaged.");
        if (width * height > MaxPixels)
        {
            throw new FileFormatException(name,
                $"it is {width} x {height} pixels, more than the {MaxPixels} that are read here; scale it down.");
        }
    }
}
