namespace AlignT2I.Files.Tests;

/// <summary>The system's libraries: what is refused, and what is said where they are not there.</summary>
internal sealed class SystemDecoderTests
{
    [Test]
    public void Every_truncation_of_a_jpeg_is_a_format_error()
    {
        ImageFileTests.NeedsTurboJpeg();
        byte[] bytes = JpegSample.Create(ImageFileTests.Grey, 16, 24);
        for (int length = 0; length < bytes.Length - 3; length++)     // the last three: padding bits of the scan, then its end
            ImageFileTests.Rejects(bytes[..length], "");
    }

    [Test]
    public void A_small_jpeg_that_claims_to_be_huge_costs_nothing()
    {
        ImageFileTests.NeedsTurboJpeg();
        byte[] bytes = JpegSample.Create(ImageFileTests.Grey, 65000, 65000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ImageFileTests.Rejects(bytes, "65000 x 65000");
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 20));
    }

    [Test]
    public void Every_truncation_of_a_webp_is_a_format_error()
    {
        ImageFileTests.NeedsWebP();
        byte[] bytes = WebPSample.Create((255, 1, 2, 3, 4), new bool[40, 40], hasAlpha: false);
        for (int length = 0; length < bytes.Length; length++)
            ImageFileTests.Rejects(bytes[..length], "");
    }

    [Test]
    public void Webp_files_that_are_not_read()
    {
        ImageFileTests.NeedsWebP();
        byte[] animated = [0x02, 0, 0, 0, 9, 0, 0, 9, 0, 0];
        ImageFileTests.Rejects(WebPSample.Container(("VP8X", animated), ("ANIM", new byte[6])), "animation");
        byte[] huge = WebPSample.Create((255, 1, 2, 3, 4), new bool[1, 1], hasAlpha: false);
        huge.AsSpan(21, 4).Fill(0xff);
        huge[24] = 0x0f;      // 16384 x 16384, no alpha, version 0
        ImageFileTests.Rejects(huge, "16384 x 16384");
    }

    [Test]
    public void A_library_that_is_not_there_is_named_with_the_package_that_brings_it() =>
        Assert.That(() => SystemLibrary.Require("nothing", ["libnothing.so.1", "nothing.dll"], "install it."),
            Throws.TypeOf<MissingLibraryException>().With.Message.Contains("libnothing.so.1, nothing.dll")
                .And.Message.EndsWith("install it."));
}
