namespace AlignT2I.Files.Tests;

/// <summary>What both ways of decoding JPEG and WebP have in common.</summary>
internal sealed class ImageFileTests
{
    internal static readonly byte[,,] Grey = { { { 0 }, { 77 }, { 255 } }, { { 128 }, { 129 }, { 3 } } };
    static readonly bool[,] pattern = { { false, true, true }, { true, false, true } };

    [Test]
    public void A_grey_jpeg()
    {
        NeedsTurboJpeg();
        Image image = ImageFile.Decode(JpegSample.Create(Grey, 11, 19), "a.png");
        Assert.That((image.Width, image.Height, image.Channels), Is.EqualTo((19, 11, 3)));
        Assert.That(image.Pixels, Is.EqualTo(JpegSample.Pixels(Grey, 11, 19, s => [s[0], s[0], s[0]])));
    }

    [Test]
    public void A_jpeg_in_colour()
    {
        NeedsTurboJpeg();
        byte[,,] colors = { { { 76, 85, 255 }, { 150, 44, 21 }, { 29, 255, 107 } } };      // about red, green and blue
        Image image = ImageFile.Decode(JpegSample.Create(colors, 8, 24), "a.jpg");
        byte[] expected = JpegSample.Pixels(colors, 8, 24, s =>
        [
            Level(s[0] + 1.402 * (s[2] - 128)),
            Level(s[0] - 0.344136 * (s[1] - 128) - 0.714136 * (s[2] - 128)),
            Level(s[0] + 1.772 * (s[1] - 128)),
        ]);
        Assert.That(image.Pixels, Is.EqualTo(expected));

        static byte Level(double value) => (byte)Math.Clamp(Math.Round(value), 0, 255);
    }

    [Test]
    public void A_jpeg_of_inks_is_turned_into_light()
    {
        NeedsTurboJpeg();
        byte[,,] inverted = { { { 255, 255, 255, 255 }, { 255, 255, 255, 0 }, { 0, 255, 255, 255 }, { 100, 200, 50, 128 } } };
        Image image = ImageFile.Decode(JpegSample.Create(inverted, 8, 32), "a.jpg");
        byte[] Pixel(int block) => image.Pixels[(block * 24)..(block * 24 + 3)];
        Assert.Multiple(() =>
        {
            Assert.That(Pixel(0), Is.EqualTo(new byte[] { 255, 255, 255 }), "no ink");
            Assert.That(Pixel(1), Is.EqualTo(new byte[] { 0, 0, 0 }), "black");
            Assert.That(Pixel(2), Is.EqualTo(new byte[] { 0, 255, 255 }), "cyan");
            Assert.That(Pixel(3), Is.EqualTo(new byte[] { 50, 100, 25 }), "128 minus inks times 128 / 255");
        });
    }

    [Test]
    public void A_webp_with_and_without_alpha([Values] bool alpha)
    {
        NeedsWebP();
        Image image = ImageFile.Decode(WebPSample.Create(((byte)(alpha ? 99 : 255), 200, 30, 5, 250), pattern, alpha), "a.jpg");
        Assert.That((image.Width, image.Height, image.Channels), Is.EqualTo((3, 2, alpha ? 4 : 3)));
        byte[] last = alpha ? [99] : [];
        byte[] expected = [.. pattern.Cast<bool>().SelectMany(second => (byte[])[200, (byte)(second ? 250 : 5), 30, .. last])];
        Assert.That(image.Pixels, Is.EqualTo(expected));
    }

    [Test]
    public void Damaged_files_decode_or_are_format_errors()
    {
        NeedsTurboJpeg();
        NeedsWebP();
        byte[][] good = [JpegSample.Create(Grey, 16, 24), WebPSample.Create((7, 1, 2, 3, 4), pattern, hasAlpha: true)];
        var random = new Random(5);
        int rejected = 0;
        for (int i = 0; i < 4000; i++)
        {
            byte[] bytes = [.. good[i % 2]];
            for (int flips = random.Next(1, 4); flips > 0; flips--)
                bytes[random.Next(3, bytes.Length)] = (byte)random.Next(256);
            try
            {
                Image image = ImageFile.Decode(bytes, "fuzz");
                Assert.That(image.Pixels, Has.Length.EqualTo(image.Width * image.Height * image.Channels));
            }
            catch (FileFormatException e)
            {
                Assert.That(e.Message, Does.StartWith("fuzz: "));
                rejected++;
            }
        }
        Assert.That(rejected, Is.InRange(1000, 3500));
    }

    [Test]
    public void Png_by_its_content_and_other_files_not_at_all()
    {
        byte[] png = Png.Encode(new Image(2, 1, 3, [1, 2, 3, 4, 5, 6]));
        Assert.That(ImageFile.Decode(png, "a.jpg").Pixels, Is.EqualTo(new byte[] { 1, 2, 3, 4, 5, 6 }));
        Rejects([.. "GIF89a,,,,"u8], "474946");
        Rejects([], "empty");
        Rejects([.. "RIFF....WAVE"u8], "expected a PNG, JPEG or WebP");
    }

    [Test]
    public void To_rgb_leaves_alpha_out_and_repeats_grey()
    {
        Assert.That(new Image(2, 1, 4, [1, 2, 3, 0, 4, 5, 6, 7]).ToRgb().Pixels, Is.EqualTo(new byte[] { 1, 2, 3, 4, 5, 6 }));
        Assert.That(new Image(2, 1, 1, [9, 8]).ToRgb().Pixels, Is.EqualTo(new byte[] { 9, 9, 9, 8, 8, 8 }));
    }

    internal static void Rejects(byte[] bytes, string reason) => Assert.That(
        () => ImageFile.Decode(bytes, "bad"),
        Throws.TypeOf<FileFormatException>().With.Message.StartsWith("bad: ").And.Message.Contains(reason));

    internal static void NeedsTurboJpeg() => Needs(JpegSample.Create(Grey, 16, 24));

    internal static void NeedsWebP() => Needs(WebPSample.Create((255, 1, 2, 3, 4), pattern, hasAlpha: false));

    static void Needs(byte[] sample)
    {
        try
        {
            ImageFile.Decode(sample, "sample");
        }
        catch (MissingLibraryException e)
        {
            Assert.Ignore(e.Message);
        }
    }
}
