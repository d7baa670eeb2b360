using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.Models.Clip;

/// <summary>Turns images into what CLIP's image tower reads: resized, cut to the centre square, normalized.</summary>
/// <remarks>
/// As CLIP's own transform: shortest side to the size, bicubic with antialiasing; pictures of a palette or of single bits by nearest
/// neighbour, as the Python Imaging Library resizes them.
/// </remarks>
/// <param name="size">Height and width of the result, in pixels: the tower's <c>image_size</c>.</param>
/// <param name="config">Mean and deviation that normalize the pixels; CLIP's own when left out.</param>
public sealed class ClipImageProcessor(int size, ClipImageProcessorConfig? config = null)
{
    const int Channels = 3;

    readonly ClipImageProcessorConfig config = config ?? new ClipImageProcessorConfig();

    /// <summary>Height and width of the result, in pixels.</summary>
    public int Size => size;

    /// <summary>Prepares a batch.</summary>
    /// <param name="images">Images of any sizes: grey, RGB, or with alpha, which is dropped after resizing.</param>
    /// <returns>Pixel values [N, size, size, 3] F32, on the CPU.</returns>
    public Tensor Process(IReadOnlyList<Image> images)
    {
        double[] mean = config.ImageMean, deviation = config.ImageStd;
        Tensor pixelValues = Tensor.Empty([images.Count, size, size, Channels], DType.F32, Backend.Cpu);
        int perImage = size * size * Channels;
        for (int n = 0; n < images.Count; n++)
        {
            byte[] crop = ResizeAndCrop(images[n]);
            Span<float> values = pixelValues.AsSpan<float>().Slice(n * perImage, perImage);
            for (int i = 0; i < perImage; i++)
                values[i] = (float)((crop[i] / 255.0 - mean[i % Channels]) / deviation[i % Channels]);
        }
        return pixelValues;
    }

    /// <summary>Shortest side to the size, bicubic with antialiasing, then the square in the middle.</summary>
    /// <param name="image">Grey, RGB, or with alpha, which is dropped after resizing.</param>
    /// <returns>RGB [size, size, 3].</returns>
    public byte[] ResizeAndCrop(Image image)
    {
        (int width, int height, int channels) = (image.Width, image.Height, image.Channels);
        (int newWidth, int newHeight) = width <= height
            ? (size, (int)((long)size * height / width)) : ((int)((long)size * width / height), size);
        // Colours of transparent pixels must not bleed into their neighbours: they are weighted by alpha while resizing.
        bool hasAlpha = channels == 4 && !image.IsIndexed && (newWidth != width || newHeight != height);
        byte[] pixels = hasAlpha ? Premultiply(image.Pixels) : image.Pixels;
        pixels = image.IsIndexed ? NearestResize.Run(pixels, width, height, channels, newWidth, newHeight)
            : BicubicResize.Run(pixels, width, height, channels, newWidth, newHeight);
        int left = Middle(newWidth - size), top = Middle(newHeight - size);
        byte[] crop = new byte[size * size * Channels];
        for (int y = 0; y < size; y++)
            for (int x = 0; x < size; x++)
            {
                ReadOnlySpan<byte> pixel = pixels.AsSpan(((top + y) * newWidth + left + x) * channels, channels);
                for (int c = 0; c < Channels; c++)
                    crop[(y * size + x) * Channels + c] = hasAlpha ? Divide(pixel[c], pixel[3]) : pixel[channels == 1 ? 0 : c];
            }
        return crop;
    }

    /// <summary>Colours times alpha, rounded as the Python Imaging Library rounds them.</summary>
    static byte[] Premultiply(byte[] pixels)
    {
        byte[] result = (byte[])pixels.Clone();
        for (int i = 0; i < result.Length; i += 4)
            for (int c = 0; c < 3; c++)
            {
                int product = result[i + c] * result[i + 3] + 128;
                result[i + c] = (byte)(((product >> 8) + product) >> 8);
            }
        return result;
    }

    static byte Divide(byte color, byte alpha) => alpha is 0 or 255 ? color : (byte)Math.Min(255, 255 * color / alpha);

    /// <summary>Half of the excess, halves to the even number as Python's <c>round</c>.</summary>
    static int Middle(int excess) => (int)Math.Round(excess / 2.0, MidpointRounding.ToEven);
}
