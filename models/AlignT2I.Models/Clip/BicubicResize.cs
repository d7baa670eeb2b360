namespace AlignT2I.Models.Clip;

/// <summary>Bicubic resizing of 8-bit images with antialiasing, bit for bit as the Python Imaging Library does it.</summary>
/// <remarks>
/// Keys 1981, a = -0.5; when shrinking, the kernel widens by the scale. Weights are fixed point with 22 fractional bits and the image
/// between the two passes is 8-bit, as in Pillow's Resample.c, so that embeddings agree with those made in Python.
/// </remarks>
internal static class BicubicResize
{
    const int FractionBits = 22;
    const double Support = 2;

    /// <param name="image">Pixels [height, width, channels].</param>
    /// <param name="width">Width of the image.</param>
    /// <param name="height">Height of the image.</param>
    /// <param name="channels">Values per pixel.</param>
    /// <param name="newWidth">Width of the result.</param>
    /// <param name="newHeight">Height of the result.</param>
    /// <returns>Pixels [newHeight, newWidth, channels].</returns>
    public static byte[] Run(byte[] image, int width, int height, int channels, int newWidth, int newHeight)
    {
        if (newWidth != width)
        {
            byte[] wide = new byte[height * newWidth * channels];
            (int First, int[] Weights)[] columns = Weights(width, newWidth);
            for (int y = 0; y < height; y++)
                for (int x = 0; x < newWidth; x++)
                    for (int c = 0; c < channels; c++)
                        wide[(y * newWidth + x) * channels + c] = Sum(image, y * width * channels + c, channels, columns[x]);
            image = wide;
        }
        if (newHeight != height)
        {
            int row = newWidth * channels;
            byte[] tall = new byte[newHeight * row];
            (int First, int[] Weights)[] rows = Weights(height, newHeight);
            for (int y = 0; y < newHeight; y++)
                for (int i = 0; i < row; i++)
                    tall[y * row + i] = Sum(image, i, row, rows[y]);
            image = tall;
        }
        return image;
    }

    static byte Sum(byte[] image, int start, int stride, (int First, int[] Weights) window)
    {
        int sum = 1 << (FractionBits - 1);
        for (int k = 0, at = start + window.First * stride; k < window.Weights.Length; k++, at += stride)
            sum += image[at] * window.Weights[k];
        return (byte)Math.Clamp(sum >> FractionBits, 0, 255);
    }

    /// <summary>For each output place: the first input place it reads, and the weights from there on.</summary>
    static (int First, int[] Weights)[] Weights(int length, int newLength)
    {
        double scale = (double)length / newLength, filterScale = Math.Max(scale, 1), support = Support * filterScale;
        var windows = new (int, int[])[newLength];
        for (int i = 0; i < newLength; i++)
        {
            double centre = (i + 0.5) * scale;
            int first = Math.Max(0, (int)(centre - support + 0.5)), end = Math.Min(length, (int)(centre + support + 0.5));
            double[] weights = [.. Enumerable.Range(first, end - first).Select(x => Cubic((x - centre + 0.5) / filterScale))];
            double sum = weights.Sum();
            windows[i] = (first, Array.ConvertAll(weights,
                w => (int)Math.Round(w / sum * (1 << FractionBits), MidpointRounding.AwayFromZero)));
        }
        return windows;
    }

    static double Cubic(double x)
    {
        const double a = -0.5;
        x = Math.Abs(x);
        if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }
}
