using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;

namespace AlignT2I.Models.Tests.Clip;

/// <summary>Resizing and cutting of images by properties; the recorded images are in <c>ClipImageProcessorTests</c>.</summary>
internal sealed class BicubicResizeTests
{
    [TestCase(5, 3, 9, 7)]
    [TestCase(31, 17, 4, 9)]
    public void A_flat_image_stays_flat(int width, int height, int newWidth, int newHeight)
    {
        byte[] flat = [.. Enumerable.Repeat((byte)201, width * height * 3)];
        byte[] resized = BicubicResize.Run(flat, width, height, 3, newWidth, newHeight);
        Assert.That(resized, Is.EqualTo(Enumerable.Repeat((byte)201, newWidth * newHeight * 3)));
    }

    [Test]
    public void Channels_do_not_mix_and_mirroring_commutes()
    {
        const int width = 13, height = 5, newWidth = 7;
        byte[] image = new byte[width * height * 2], mirrored = new byte[image.Length];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
            {
                image[(y * width + x) * 2] = (byte)(x * 37 + y * 91);
                image[(y * width + x) * 2 + 1] = 77;
                image.AsSpan((y * width + x) * 2, 2).CopyTo(mirrored.AsSpan((y * width + width - 1 - x) * 2));
            }
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                image.AsSpan((y * width + x) * 2, 2).CopyTo(mirrored.AsSpan((y * width + width - 1 - x) * 2));
        byte[] small = BicubicResize.Run(image, width, height, 2, newWidth, height);
        byte[] smallMirrored = BicubicResize.Run(mirrored, width, height, 2, newWidth, height);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < newWidth; x++)
            {
                Assert.That(small[(y * newWidth + x) * 2], Is.EqualTo(smallMirrored[(y * newWidth + newWidth - 1 - x) * 2]));
                Assert.That(small[(y * newWidth + x) * 2 + 1], Is.EqualTo(77));
            }
    }

    [Test]
    public void An_image_of_the_right_size_is_only_normalized()
    {
        using MemoryScope scope = MemoryScope.Open();
        byte[] image = [.. Enumerable.Range(0, 4 * 4 * 3).Select(i => (byte)(i * 5))];
        float[] values = new ClipImageProcessor(4).Process([new Image(4, 4, 3, image)]).ToArray<float>();
        Assert.That(values[4], Is.EqualTo((20 / 255.0 - 0.4578275) / 0.26130258).Within(1e-6));
    }
}
