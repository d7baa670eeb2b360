namespace AlignT2I.Files;

/// <summary>A picture of 8-bit samples.</summary>
public sealed class Image
{
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
}
