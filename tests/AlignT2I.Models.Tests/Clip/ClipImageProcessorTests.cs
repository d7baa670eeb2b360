using System.Runtime.InteropServices;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Testing;

namespace AlignT2I.Models.Tests.Clip;

/// <summary>Preparation of images against recordings of Pillow and CLIP's own transform.</summary>
internal sealed class ClipImageProcessorTests
{
    const string Recording = "clip-preprocess/preprocess";

    [TestCase(0, "img0-300x225-RGB.png")]
    [TestCase(1, "img1-97x143-RGB.png")]
    [TestCase(2, "img2-224x224-RGB.png")]
    [TestCase(3, "img3-512x301-RGB.png")]
    [TestCase(4, "img4-333x250-L.png")]
    [TestCase(5, "img5-151x149-RGBA.png")]
    [TestCase(6, "img6-260x241-P.png")]
    public void Resized_and_cut_as_recorded(int number, string file)
    {
        using SafetensorsFile recorded = SafetensorsFile.Open(Golden.Path(Recording));
        byte[] crop = new ClipImageProcessor(224).ResizeAndCrop(Png.Read(Golden.Path("clip-preprocess/" + file)).Image);
        ReadOnlySpan<byte> expected = recorded.GetBytes($"output.{number}.crop_u8");
        int different = 0;
        for (int i = 0; i < expected.Length; i++)
            if (crop[i] != expected[i]) different++;
        Assert.That(crop, Has.Length.EqualTo(expected.Length));
        Assert.That(different, Is.Zero, "bytes that differ");
    }

    [Test]
    public void Normalized_as_recorded()
    {
        using MemoryScope scope = MemoryScope.Open();
        using SafetensorsFile recorded = SafetensorsFile.Open(Golden.Path(Recording));
        string[] files = ["img0-300x225-RGB.png", "img1-97x143-RGB.png"];
        Image[] images = [.. files.Select(f => Png.Read(Golden.Path("clip-preprocess/" + f)).Image)];
        float[] values = new ClipImageProcessor(224).Process(images).ToArray<float>();
        const int pixels = 224 * 224;
        for (int n = 0; n < images.Length; n++)
        {
            float[] expected = MemoryMarshal.Cast<byte, float>(recorded.GetBytes($"output.{n}.pixel_values")).ToArray();
            double worst = 0;
            for (int p = 0; p < pixels; p++)
                for (int c = 0; c < 3; c++)
                    worst = Math.Max(worst, Math.Abs(values[(n * pixels + p) * 3 + c] - expected[c * pixels + p]));
            Assert.That(worst, Is.LessThan(1e-6));
        }
    }

    [Test]
    public void Mean_and_deviation_come_from_the_preprocessor_config()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("preprocessor").FullName, "preprocessor_config.json");
        File.WriteAllText(path, """{ "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.25], "do_resize": true }""");
        using MemoryScope scope = MemoryScope.Open();
        var processor = new ClipImageProcessor(1, ClipImageProcessorConfig.Read(path));
        float[] values = processor.Process([new Image(1, 1, 3, [255, 0, 255])]).ToArray<float>();
        Assert.That(values, Is.EqualTo(new float[] { 1, -1, 2 }));

        File.WriteAllText(path, """{ "image_mean": [0.5, 0.5], "image_std": [0.5, 0.5, 0.5] }""");
        Assert.That(
            () => ClipImageProcessorConfig.Read(path),
            Throws.TypeOf<FileFormatException>().With.Message.Contains("image_mean").And.Message.Contains("2"));
    }
}
