using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace AlignT2I.Files.Tests;

internal sealed class PngTests
{
    public static IEnumerable<object[]> Kinds()
    {
        (int Color, int[] Depths)[] kinds = [(0, [1, 2, 4, 8, 16]), (2, [8, 16]), (3, [1, 2, 4, 8]), (4, [8, 16]), (6, [8, 16])];
        foreach ((int color, int[] depths) in kinds)
        {
            foreach (int depth in depths)
            {
                yield return [color, depth, false];
                if (color < 4)
                    yield return [color, depth, true];
            }
        }
    }

    [TestCaseSource(nameof(Kinds))]
    public void Decodes_every_kind(int color, int depth, bool transparency)
    {
        foreach ((int width, int height) in new[] { (13, 11), (1, 1), (3, 2), (8, 9) })
        {
            foreach (bool interlaced in new[] { false, true })
            {
                PngSample sample = PngSample.Create(width, height, depth, color, interlaced, transparency, seed: width);
                Image image = Png.Decode(sample.Bytes, "sample").Image;
                Assert.That((image.Width, image.Height, image.Channels), Is.EqualTo((width, height, sample.Channels)));
                Assert.That(image.Pixels, Is.EqualTo(sample.Expected), $"{width} x {height}, interlaced: {interlaced}");
            }
        }
    }

    [Test]
    public void Round_trip_with_texts([Values(1, 3, 4)] int channels)
    {
        using var folder = new TempFolder();
        byte[] pixels = new byte[17 * 9 * channels];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(i * i / 7 + 40 * (i % channels));
        var texts = new Dictionary<string, string>
        {
            ["prompt"] = "Three red stars on the moon",
            ["seed"] = "7",
            ["é"] = "größer\n",
            ["title"] = "星 🌟",
        };
        Png.Write(folder["a.png"], new Image(17, 9, channels, pixels), texts);
        PngImage read = Png.Read(folder["a.png"]);
        Assert.That(read.Text, Is.EqualTo(texts));
        Assert.That((read.Image.Width, read.Image.Height, read.Image.Channels), Is.EqualTo((17, 9, channels == 4 ? 4 : 3)));
        byte[] expected = channels == 1 ? [.. pixels.SelectMany(v => new[] { v, v, v })] : pixels;
        Assert.That(read.Image.Pixels, Is.EqualTo(expected));
    }

    [Test]
    public void Filters_pay_off_on_a_gradient()
    {
        byte[] pixels = new byte[64 * 64 * 3];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(i / 3 % 64 * 3 + i / 192 * 2 + 11 * (i % 3));
        Assert.That(Png.Encode(new Image(64, 64, 3, pixels)), Has.Length.LessThan(600));
    }

    [Test]
    public void Texts_that_a_png_cannot_hold_are_refused()
    {
        var image = new Image(1, 1, 1, [0]);
        foreach ((string keyword, string text) in new[] { ("", "a"), (new string('k', 80), "a"), ("星", "a"), (" k", "a"), ("k", "a\0b") })
            Assert.Throws<ArgumentException>(() => Png.Encode(image, [new(keyword, text)]), keyword);
        Assert.Throws<ArgumentException>(() => _ = new Image(2, 2, 3, new byte[11]));
        Assert.Throws<ArgumentException>(() => _ = new Image(2, 2, 2, new byte[8]));
    }

    [Test]
    public void Decodes_the_recorded_images()
    {
        string[] files = Directory.GetFiles(Repository.Shared("clip-preprocess"), "*.png");
        Assert.That(files, Has.Length.GreaterThanOrEqualTo(7));
        foreach (string path in files)
        {
            string[] parts = Path.GetFileNameWithoutExtension(path).Split('-');        // img0-300x225-RGB
            int[] size = [.. parts[1].Split('x').Select(s => int.Parse(s, CultureInfo.InvariantCulture))];
            Image image = Png.Read(path).Image;
            Assert.That((image.Width, image.Height), Is.EqualTo((size[0], size[1])), path);
            Assert.That(image.Channels, Is.EqualTo(parts[2] == "RGBA" ? 4 : 3), path);
        }
    }

    [Test]
    public void Pixels_equal_another_decoders()
    {
        string folder = Repository.Shared("clip-preprocess");
        using SafetensorsFile recording = SafetensorsFile.Open(Path.Combine(folder, "preprocess.safetensors"));
        byte[] pixels = Png.Read(Path.Combine(folder, "img2-224x224-RGB.png")).Image.Pixels;        // its resize and crop change nothing
        Assert.That(pixels, Is.EqualTo(recording.GetBytes("output.2.crop_u8").ToArray()));
    }

    [Test]
    public void Reads_compressed_texts()
    {
        byte[] deflated = Deflate(Encoding.UTF8.GetBytes("ein Prompt für zwei"));
        byte[] png = WithChunks(("zTXt", [.. "a\0\0"u8, .. Deflate("latin"u8)]), ("iTXt", [.. "b\0\x01\0de\0\0"u8, .. deflated]),
            ("tEXt", [.. "b\0later"u8]));
        Assert.That(Png.Decode(png, "x").Text,
            Is.EqualTo(new Dictionary<string, string> { ["a"] = "latin", ["b"] = "ein Prompt für zwei" }));
    }

    internal static byte[] Deflate(ReadOnlySpan<byte> bytes)
    {
        using var stream = new MemoryStream();
        using (var deflate = new ZLibStream(stream, CompressionLevel.SmallestSize, leaveOpen: true))
            deflate.Write(bytes);
        return stream.ToArray();
    }

    /// <summary>A good one-pixel image with chunks put in after its header.</summary>
    internal static byte[] WithChunks(params (string Type, byte[] Data)[] chunks)
    {
        byte[] png = Png.Encode(new Image(1, 1, 1, [77]));
        using var stream = new MemoryStream();
        stream.Write(png.AsSpan(0, 33));
        foreach ((string type, byte[] data) in chunks)
            PngSample.WriteChunk(stream, Encoding.Latin1.GetBytes(type), data);
        stream.Write(png.AsSpan(33));
        return stream.ToArray();
    }
}
