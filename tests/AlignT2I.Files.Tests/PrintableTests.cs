namespace AlignT2I.Files.Tests;

internal sealed class PrintableTests
{
    [TestCase("conv_in.weight é", "conv_in.weight é")]
    [TestCase("\u001b[2Jgone\r\n", "?[2Jgone??")]
    [TestCase("123456789", "12345...")]
    public void Nothing_steers_or_fills_a_terminal(string text, string shown)
        => Assert.That(Printable.Text(text, maxLength: text == "123456789" ? 5 : 50), Is.EqualTo(shown));
}
