using System.Globalization;
using System.Text;

namespace AlignT2I.Models.Clip;

/// <summary>What happens to a prompt before byte-pair encoding: cleaning, and cutting into words.</summary>
/// <remarks>
/// The rules of transformers' CLIPTokenizer without ftfy (transformers/models/clip/tokenization_clip.py, BasicTokenizer), which is
/// what diffusers runs. Works on code points, so that letters and emoji outside the basic plane are single characters.
/// </remarks>
internal static class ClipText
{
    static readonly string[] contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    /// <summary>Drops control characters, sets ideographs apart, composes (NFC), joins words by one space, lower-cases.</summary>
    public static string Clean(string text)
    {
        StringBuilder cleaned = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value == 0xFFFD) continue;         // also what an unpaired surrogate reads as
            if (rune.Value is '\t' or '\n' or '\r' || Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator)
                cleaned.Append(' ');
            else if (IsIdeograph(rune.Value))
                cleaned.Append(' ').Append(rune.ToString()).Append(' ');
            else if (!IsControl(rune))
                cleaned.Append(rune.ToString());
        }
        string composed = UnicodeComposition.Compose(cleaned.ToString());
        string[] words = composed.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return ToLower(string.Join(' ', words));
    }

    /// <summary>Cuts cleaned text as CLIP's pattern does: special tokens, English contractions, runs of letters, single digits, runs of
    /// the rest.</summary>
    public static List<string> Split(string cleaned)
    {
        List<string> words = [];
        Rune[] runes = [.. cleaned.EnumerateRunes()];
        int at = 0;     // the place of rune i in the string
        for (int i = 0; i < runes.Length;)
        {
            ReadOnlySpan<char> rest = cleaned.AsSpan(at);
            string? literal = Literal(rest);
            int length = 0;
            if (literal is not null)
            {
                length = literal.Length;
                i += length;
            }
            else if (Rune.IsWhiteSpace(runes[i]))
            {
                at += runes[i++].Utf16SequenceLength;
                continue;
            }
            else
            {
                int kind = Kind(runes[i]);
                do
                    length += runes[i++].Utf16SequenceLength;
                while (kind != Digit && i < runes.Length && Kind(runes[i]) == kind);
            }
            words.Add(rest[..length].ToString());
            at += length;
        }
        return words;
    }

    const int Space = 0, Letter = 1, Digit = 2, Other = 3;

    static int Kind(Rune rune)
    {
        if (Rune.IsLetter(rune)) return Letter;
        if (Rune.IsWhiteSpace(rune)) return Space;
        return Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber ? Digit : Other;
    }

    static string? Literal(ReadOnlySpan<char> rest)
    {
        if (rest.StartsWith(ClipTokenizer.StartOfText)) return ClipTokenizer.StartOfText;
        if (rest.StartsWith(ClipTokenizer.EndOfText)) return ClipTokenizer.EndOfText;
        if (rest[0] != '\'') return null;
        foreach (string contraction in contractions)
            if (rest.StartsWith(contraction)) return contraction;
        return null;
    }

    static bool IsControl(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate;

    static bool IsIdeograph(int c) => c is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);

    /// <summary>Unicode's full lower case as Python's <c>str.lower</c>: dotted I keeps its dot, a sigma that ends a word is
    /// final.</summary>
    static string ToLower(string text)
    {
        StringBuilder lower = new(text.Length);
        Rune[] runes = [.. text.EnumerateRunes()];
        for (int i = 0; i < runes.Length; i++)
        {
            if (runes[i].Value == 0x130) lower.Append("i\u0307");
            else if (runes[i].Value == 0x3A3) lower.Append(EndsWord(runes, i) ? '\u03C2' : '\u03C3');
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
