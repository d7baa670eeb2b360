using AlignT2I.Files;

namespace AlignT2I.Models.Metrics;

/// <summary>How alike two pictures of one size are, pixel by pixel.</summary>
public static class ImageSimilarity
{
    const int WindowSize = 11;
    const double Sigma = 1.5, Range = 255, C1 = 0.01 * Range * (0.01 * Range), C2 = 0.03 * Range * (0.03 * Range);

    static readonly double[] window = Gaussian();

    /// <summary>Peak signal-to-noise ratio: 10 log10(255² / mean squared error), over all samples.</summary>
    /// <returns>Decibel; infinite for equal pictures.</returns>
    /// <exception cref="UsageException">The pictures differ in size or channels.</exception>
    public static double Psnr(Image a, Image b)
    {
        RequireAlike(a, b);
        double squares = 0;
        for (int i = 0; i < a.Pixels.Length; i++)
            squares += (a.Pixels[i] - b.Pixels[i]) * (double)(a.Pixels[i] - b.Pixels[i]);
        return 10 * Math.Log10(Range * Range * a.Pixels.Length / squares);
    }

    /// <summary>Structural similarity: means, variances and covariance in Gaussian windows of 11 x 11 pixels, averaged.</summary>
    /// <remarks>Wang et al. 2004, IEEE TIP 13(4). Windows inside the picture only; mean of the channels.</remarks>
    /// <returns>-1 to 1; 1 for equal pictures.</returns>
    /// <exception cref="UsageException">The pictures differ in size or channels, or are smaller than a window.</exception>
    public static double Ssim(Image a, Image b)
    {
        RequireAlike(a, b);
        if (a.Width < WindowSize || a.Height < WindowSize)
            throw new UsageException(
                $"SSIM: the pictures have {a.Width} x {a.Height} pixels; it needs {WindowSize} x {WindowSize} at least.");
        double sum = 0;
        for (int c = 0; c < a.Channels; c++)
            sum += SsimOfChannel(Channel(a, c), Channel(b, c), a.Width, a.Height);
        return sum / a.Channels;
    }

    static double SsimOfChannel(double[] x, double[] y, int width, int height)
    {
        double[] meanX = Blur(x, width, height), meanY = Blur(y, width, height);
        double[] squareX = Blur(Product(x, x), width, height), squareY = Blur(Product(y, y), width, height);
        double[] product = Blur(Product(x, y), width, height);
        double sum = 0;
        for (int i = 0; i < meanX.Length; i++)
        {
            double means = meanX[i] * meanY[i], varianceX = squareX[i] - meanX[i] * meanX[i], varianceY = squareY[i] - meanY[i] * meanY[i];
            sum += (2 * means + C1) * (2 * (product[i] - means) + C2)
                / ((meanX[i] * meanX[i] + meanY[i] * meanY[i] + C1) * (varianceX + varianceY + C2));
        }
        return sum / meanX.Length;
    }

    /// <summary>Weighted means in all windows that lie inside: rows first, then columns.</summary>
    static double[] Blur(double[] x, int width, int height)
    {
        int outWidth = width - WindowSize + 1, outHeight = height - WindowSize + 1;
        double[] rows = new double[height * outWidth], y = new double[outHeight * outWidth];
        for (int i = 0; i < rows.Length; i++)
            for (int k = 0; k < WindowSize; k++)
                rows[i] += window[k] * x[i / outWidth * width + i % outWidth + k];
        for (int i = 0; i < y.Length; i++)
            for (int k = 0; k < WindowSize; k++)
                y[i] += window[k] * rows[i + k * outWidth];
        return y;
    }

    static double[] Channel(Image image, int channel)
    {
        double[] result = new double[image.Width * image.Height];
        for (int i = 0; i < result.Length; i++)
            result[i] = image.Pixels[i * image.Channels + channel];
        return result;
    }

    static double[] Product(double[] x, double[] y) => [.. x.Zip(y, (a, b) => a * b)];

    static double[] Gaussian()
    {
        double[] weights = [.. Enumerable.Range(-(WindowSize / 2), WindowSize).Select(d => Math.Exp(-d * d / (2 * Sigma * Sigma)))];
        double sum = weights.Sum();
        return Array.ConvertAll(weights, w => w / sum);
    }

    static void RequireAlike(Image a, Image b)
    {
        if ((a.Width, a.Height, a.Channels) != (b.Width, b.Height, b.Channels))
            throw new UsageException($"the pictures differ in size: {a.Width} x {a.Height} with {a.Channels} channels, "
                + $"{b.Width} x {b.Height} with {b.Channels}; only pictures of one size can be compared.");
    }
}
