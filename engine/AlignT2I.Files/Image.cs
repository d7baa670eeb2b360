namespace AlignT2I.Files;

/// <summary>A picture of 8-bit samples.</summary>
public sealed class Image
{
    const int Rgb = 3;

    /// <summary>Takes the samples without copying them.</summary>
    /// <param name="width">Pixels per row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="channels">1 grey, 3 red green blue, 4 with alpha.</param>
    /// <param name="pixels">[height, width, channels], 0 to 255.</param>
    /// <exception cref="ArgumentException">A size is out of range or does not fit the number of samples.</exception>
    public Image(int width, int height, int channels, byte[] pixels)
    {
        if (width < 1 || height < 1 || channels is not (1 or 3 or 4) || pixels.Length != (long)width * height * channels)
        {
            throw new ArgumentException(
                $"an image of {width} x {height} pixels and {channels} channels (1, 3 or 4) needs width * height * channels samples; " +
                $"{pixels.Length} were given", nameof(pixels));
        }
        (Width, Height, Channels, Pixels) = (width, height, channels, pixels);
    }

    /// <summary>Pixels per row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>1 grey, 3 red green blue, 4 with alpha.</summary>
    public int Channels { get; }

    /// <summary>[Height, Width, Channels], 0 to 255.</summary>
    public byte[] Pixels { get; }

    /// <summary>
    /// Whether the file held numbers of colours or single bits. The Python Imaging Library, and with it CLIP's own transform, resizes
    /// such a picture by nearest neighbour.
    /// </summary>
    public bool IsIndexed { get; init; }

    /// <summary>
    /// The picture with three channels: grey thrice, alpha left out, as the Python Imaging Library's <c>convert("RGB")</c> does.
    /// </summary>
    /// <returns>This picture where it has three channels.</returns>
    public Image ToRgb()
    {
        if (Channels == Rgb)
            return this;
        byte[] rgb = new byte[(long)Width * Height * Rgb];
        for (int pixel = 0; pixel < rgb.Length / Rgb; pixel++)
        {
            ReadOnlySpan<byte> samples = Pixels.AsSpan(pixel * Channels, Channels);
            for (int c = 0; c < Rgb; c++)
                rgb[pixel * Rgb + c] = samples[Channels == 1 ? 0 : c];
        }
        return new Image(Width, Height, Rgb, rgb) { IsIndexed = IsIndexed };
    }
}
