using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Testing;

namespace AlignT2I.Models.Tests.Clip;

/// <summary>Photographs in the three formats against what Chromium shows of them, and on to CLIP's input.</summary>
internal sealed class RealImagesTests
{
    [TestCase("cat_normal.png", 1565, 772, 251616458, 248595708, 246392416, 1095, 154, 8, 6, 7)]
    [TestCase("reconstruction_example.jpg", 2048, 768, 299902829, 302549875, 312443119, 1024, 691, 249, 255, 255)]
    [TestCase("1.webp", 512, 512, 29356613, 42727885, 50410745, 153, 204, 56, 120, 201)]
    public void Decoded_as_in_a_browser_and_prepared_for_clip(
        string file, int width, int height, long red, long green, long blue, int x, int y, int r, int g, int b)
    {
        string path = Path.GetFullPath(Path.Combine(Golden.Root, "..", "shared", "data", "images", file));
        if (!File.Exists(path))
            Assert.Ignore($"The photograph {file} is not there; put the data files in ../shared/data beside the repository.");
        Image image = Read(path);
        Assert.That((image.Width, image.Height, image.Channels), Is.EqualTo((width, height, 3)));
        long[] sums = new long[3];
        for (int i = 0; i < image.Pixels.Length; i++)
            sums[i % 3] += image.Pixels[i];
        Assert.That(sums, Is.EqualTo(new[] { red, green, blue }));
        int at = (y * width + x) * 3;
        Assert.That(image.Pixels[at..(at + 3)], Is.EqualTo(new[] { (byte)r, (byte)g, (byte)b }));

        using MemoryScope scope = MemoryScope.Open();
        Tensor pixelValues = new ClipImageProcessor(224).Process([image]);
        Assert.That(pixelValues.Shape.ToString(), Is.EqualTo("[1, 224, 224, 3]"));
        Assert.That(pixelValues.ToArray<float>(), Is.All.InRange(-1.8f, 2.2f));
    }

    static Image Read(string path)
    {
        try
        {
            return ImageFile.Read(path);
        }
        catch (MissingLibraryException e)
        {
            Assert.Ignore(e.Message);
            throw;
        }
    }
}
