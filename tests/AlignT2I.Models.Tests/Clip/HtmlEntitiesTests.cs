using AlignT2I.Models.Clip;

namespace AlignT2I.Models.Tests.Clip;

internal sealed class HtmlEntitiesTests
{
    [TestCase("a &lt; b &amp;amp; c", "a < b &amp; c")]
    [TestCase("&notanentity; &notit; &copy 2023", "¬anentity; ¬it; © 2023")]
    [TestCase("&nothing &unknown; & &; &#; &#x;", "¬hing &unknown; & &; &#; &#x;")]
    [TestCase("&#65;&#x42&#X43;&#x1F600;", "ABC😀")]
    [TestCase("&#0;&#xD800;&#x110000;&#99999999999999999999;", "\uFFFD\uFFFD\uFFFD\uFFFD")]
    [TestCase("[&#1;&#xFFFE;&#x1FFFF;&#xFDD0;]", "[]")]
    [TestCase("&#128;&#x99;&#13;", "€™\r")]
    [TestCase("&NotEqualTilde;", "≂̸")]
    public void References_are_resolved_as_python_does(string text, string expected) =>
        Assert.That(HtmlEntities.Unescape(text), Is.EqualTo(expected));
}
