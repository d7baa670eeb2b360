using AlignT2I.Models.Clip;

namespace AlignT2I.Models.Tests.Clip;

/// <summary>Unicode normalization form C, by examples of the standard's annex 15.</summary>
internal sealed class UnicodeCompositionTests
{
    [TestCase("cafe\u0301", "caf\u00E9", TestName = "A mark joins its letter")]
    [TestCase("\u212B", "\u00C5", TestName = "Angstrom becomes a letter with a ring")]
    [TestCase("\u1E9B\u0323", "\u1E9B\u0323", TestName = "A dot below does not join a composed long s")]
    [TestCase("d\u0307\u0323", "\u1E0D\u0307", TestName = "Marks are sorted before they join")]
    [TestCase("a\u0301\u0301", "\u00E1\u0301", TestName = "A second mark of the class stays")]
    [TestCase("\u1112\u1161\u11AB\u1100\u1173\u11AF", "\uD55C\uAE00", TestName = "Hangul letters make syllables")]
    [TestCase("\uD55C\uAE00", "\uD55C\uAE00", TestName = "Hangul syllables stay")]
    [TestCase("\u0915\u093C", "\u0915\u093C", TestName = "A pair excluded from composition stays apart")]
    [TestCase("\u0958", "\u0915\u093C", TestName = "A character excluded from composition falls apart")]
    [TestCase("plain", "plain", TestName = "ASCII stays")]
    public void Composes(string text, string expected) => Assert.That(UnicodeComposition.Compose(text), Is.EqualTo(expected));
}
