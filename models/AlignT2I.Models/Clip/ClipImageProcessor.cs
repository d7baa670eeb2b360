using AlignT2I.Engine;

namespace AlignT2I.Models.Clip;

/// <summary>Turns images into what CLIP's image tower reads: resized, cut to the centre square, normalized.</summary>
/// <remarks>As CLIP's own transform and transformers' CLIPImageProcessor: shortest side to the size, bicubic with antialiasing.</remarks>
/// <param name="size">Height and width of the result, in pixels: the tower's <c>image_size</c>.</param>
public sealed class ClipImageProcessor(int size)
{
    const int Channels = 3;
    static readonly double[] mean = [0.48145466, 0.4578275, 0.40821073], deviation = [0.26862954, 0.26130258, 0.27577711];

    /// <summary>Height and width of the result, in pixels.</summary>
    public int Size => size;

    /// <summary>Prepares a batch.</summary>
    /// <param name="images">RGB images of any sizes, 8 bits per channel, row by row.</param>
    /// <returns>Pixel values [N, size, size, 3] F32, on the CPU.</returns>
    /// <exception cref="ShapeException">An image has not width times height times 3 bytes.</exception>
    public Tensor Process(IReadOnlyList<(byte[] Rgb, int Width, int Height)> images)
    {
        Tensor pixelValues = Tensor.Empty([images.Count, size, size, Channels], DType.F32, Backend.Cpu);
        int perImage = size * size * Channels;
        for (int n = 0; n < images.Count; n++)
        {
            byte[] crop = ResizeAndCrop(images[n].Rgb, images[n].Width, images[n].Height, Channels);
            Span<float> values = pixelValues.AsSpan<float>().Slice(n * perImage, perImage);
            for (int i = 0; i < perImage; i++)
                values[i] = (float)((crop[i] / 255.0 - mean[i % Channels]) / deviation[i % Channels]);
        }
        return pixelValues;
    }

    /// <summary>Shortest side to the size, then the square in the middle.</summary>
    /// <param name="image">Pixels [height, width, channels].</param>
    /// <returns>Pixels [size, size, channels].</returns>
    internal byte[] ResizeAndCrop(byte[] image, int width, int height, int channels)
    {
        if (width < 1 || height < 1 || image.Length != (long)width * height * channels)
            throw new ShapeException($"an image of {width}x{height} pixels with {channels} channels came with {image.Length} bytes.");
        (int newWidth, int newHeight) = width <= height
            ? (size, (int)((long)size * height / width)) : ((int)((long)size * width / height), size);
        byte[] resized = BicubicResize.Run(image, width, height, channels, newWidth, newHeight);
        int left = Middle(newWidth - size), top = Middle(newHeight - size), row = size * channels;
        byte[] crop = new byte[size * row];
        for (int y = 0; y < size; y++)
            resized.AsSpan(((top + y) * newWidth + left) * channels, row).CopyTo(crop.AsSpan(y * row));
        return crop;
    }

    /// <summary>Half of the excess, halves to the even number as Python's <c>round</c>.</summary>
    static int Middle(int excess) => (int)Math.Round(excess / 2.0, MidpointRounding.ToEven);
}
