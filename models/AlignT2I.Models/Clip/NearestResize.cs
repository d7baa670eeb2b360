namespace AlignT2I.Models.Clip;

/// <summary>Resizes 8-bit images by nearest neighbour, as the Python Imaging Library does.</summary>
internal static class NearestResize
{
    /// <param name="pixels">[height, width, channels].</param>
    /// <param name="width">Width of the image.</param>
    /// <param name="height">Height of the image.</param>
    /// <param name="channels">Values per pixel.</param>
    /// <param name="newWidth">Width of the result.</param>
    /// <param name="newHeight">Height of the result.</param>
    /// <returns>[newHeight, newWidth, channels].</returns>
    public static byte[] Run(byte[] pixels, int width, int height, int channels, int newWidth, int newHeight)
    {
        int[] columns = Sources(width, newWidth), rows = Sources(height, newHeight);
        byte[] result = new byte[newWidth * newHeight * channels];
        for (int y = 0; y < newHeight; y++)
        {
            for (int x = 0; x < newWidth; x++)
                pixels.AsSpan((rows[y] * width + columns[x]) * channels, channels).CopyTo(result.AsSpan((y * newWidth + x) * channels));
        }
        return result;
    }

    /// <summary>
    /// The source of each pixel: where its centre falls, the centres added up one after the other with the reference's rounding.
    /// </summary>
    static int[] Sources(int size, int newSize)
    {
        double step = (double)size / newSize, center = step * 0.5;
        int[] sources = new int[newSize];
        for (int i = 0; i < newSize; i++, center += step)
            sources[i] = Math.Min((int)center, size - 1);
        return sources;
    }
}
