namespace AlignT2I.Files.Tests;

internal sealed class PrintableTests
{
    [TestCase("conv_in.weight é", "conv_in.weight é")]
    [TestCase("\u001b[2Jgone\r\n", "?[2Jgone??")]
    [TestCase("123456789", "12345...")]
    public void Nothing_steers_or_fills_a_terminal(string text, string shown)
        => Assert.That(Printable.Text(text, maxLength: text == "123456789" ? 5 : 50), Is.EqualTo(shown));

    [Test]
    public void One_thing_is_not_plural()
    {
        Assert.That(Printable.Count(1, "image"), Is.EqualTo("1 image"));
        Assert.That(Printable.Count(0, "image"), Is.EqualTo("0 images"));
        Assert.That(Printable.Count(2, "pass", "passes"), Is.EqualTo("2 passes"));
    }

    [TestCase(0, "0 MB")]
    [TestCase(85_400_000, "85 MB")]
    [TestCase(999_500_000, "1.00 GB")]
    [TestCase(4_264_000_000, "4.26 GB")]
    [TestCase(9_995_000_000, "10.0 GB")]
    public void Memory_has_the_unit_that_shows_it(long bytes, string shown) => Assert.That(Printable.Bytes(bytes), Is.EqualTo(shown));
}
