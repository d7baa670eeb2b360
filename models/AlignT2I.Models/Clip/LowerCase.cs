using System.Globalization;
using System.Text;

namespace AlignT2I.Models.Clip;

/// <summary>Unicode's full lower case, where one letter may become two.</summary>
/// <remarks>The Unicode Standard, section 3.13. Own code, because .NET maps letter by letter.</remarks>
internal static class LowerCase
{
    const int DottedI = 0x130, Sigma = 0x3A3;

    /// <summary>A text in lower case: dotted I keeps its dot.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="finalSigma">Whether a sigma that ends a word is final, as in Python's <c>str.lower</c>.</param>
    public static string Of(string text, bool finalSigma)
    {
        StringBuilder lower = new(text.Length);
        Rune[] runes = [.. text.EnumerateRunes()];
        for (int i = 0; i < runes.Length; i++)
        {
            if (runes[i].Value == DottedI) lower.Append("i\u0307");
            else if (runes[i].Value == Sigma) lower.Append(finalSigma && EndsWord(runes, i) ? '\u03C2' : '\u03C3');
            else lower.Append(Rune.ToLowerInvariant(runes[i]).ToString());
        }
        return lower.ToString();
    }

    static bool EndsWord(Rune[] runes, int i)
    {
        int before = i - 1, after = i + 1;
        while (before >= 0 && IsCaseIgnorable(runes[before])) before--;
        while (after < runes.Length && IsCaseIgnorable(runes[after])) after++;
        return before >= 0 && IsCased(runes[before]) && (after == runes.Length || !IsCased(runes[after]));
    }

    static bool IsCased(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter;

    static bool IsCaseIgnorable(Rune rune) => rune.Value is '\'' or '.' or ':' or 0xB7 or 0x2018 or 0x2019
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol;
}
