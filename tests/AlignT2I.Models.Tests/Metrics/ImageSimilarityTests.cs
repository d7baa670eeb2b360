using AlignT2I.Files;
using AlignT2I.Models.Metrics;
using AlignT2I.Testing;

namespace AlignT2I.Models.Tests.Metrics;

internal sealed class ImageSimilarityTests
{
    [Test]
    public void Measures_match_the_recording() => Golden.Check("metrics/psnr-ssim");

    [Test]
    public void Equal_pictures_are_as_alike_as_can_be()
    {
        Image a = new(12, 11, 1, [.. Enumerable.Range(0, 132).Select(i => (byte)i)]);
        Assert.That(ImageSimilarity.Psnr(a, a), Is.EqualTo(double.PositiveInfinity));
        Assert.That(ImageSimilarity.Ssim(a, a), Is.EqualTo(1).Within(1e-12));
    }

    [Test]
    public void Pictures_that_cannot_be_compared_are_refused()
    {
        Image a = new(10, 11, 1, new byte[110]), b = new(11, 10, 1, new byte[110]);
        Assert.That(() => ImageSimilarity.Psnr(a, b), Throws.TypeOf<UsageException>().With.Message.Contains("10 x 11"));
        Assert.That(() => ImageSimilarity.Ssim(a, a), Throws.TypeOf<UsageException>().With.Message.Contains("11 x 11"));
    }
}
