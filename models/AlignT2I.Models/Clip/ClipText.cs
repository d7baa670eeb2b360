using System.Globalization;
using System.Text;

namespace AlignT2I.Models.Clip;

/// <summary>What happens to a prompt before byte-pair encoding: cleaning, and cutting into words.</summary>
/// <remarks>Works on code points, so that letters and emoji outside the basic plane are single characters.</remarks>
internal static class ClipText
{
    static readonly string[] contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    /// <summary>Cleans a text and cuts it into words.</summary>
    public static List<string> Words(string text, TextCleaning cleaning) =>
        Split(Clean(text, cleaning), withSpecialTokens: cleaning != TextCleaning.TransformersFast);

    /// <summary>Composes (NFC), joins words by one space, lower-cases, and what else the variant does.</summary>
    public static string Clean(string text, TextCleaning cleaning)
    {
        if (cleaning == TextCleaning.Transformers) text = Basic(text);
        string composed = UnicodeComposition.Compose(text);
        if (cleaning == TextCleaning.OpenAi) composed = HtmlEntities.Unescape(HtmlEntities.Unescape(composed));
        string[] words = composed.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return LowerCase.Of(string.Join(' ', words), finalSigma: cleaning != TextCleaning.TransformersFast);
    }

    /// <summary>Drops control characters, sets ideographs apart.</summary>
    static string Basic(string text)
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
        return cleaned.ToString();
    }

    /// <summary>Cuts cleaned text as CLIP's pattern does: special tokens, English contractions, runs of letters, single digits, runs of
    /// the rest.</summary>
    static List<string> Split(string cleaned, bool withSpecialTokens)
    {
        List<string> words = [];
        Rune[] runes = [.. cleaned.EnumerateRunes()];
        int at = 0;     // the place of rune i in the string
        for (int i = 0; i < runes.Length;)
        {
            ReadOnlySpan<char> rest = cleaned.AsSpan(at);
            string? literal = Literal(rest, withSpecialTokens);
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

    static string? Literal(ReadOnlySpan<char> rest, bool withSpecialTokens)
    {
        if (withSpecialTokens && rest.StartsWith(ClipTokenizer.StartOfText)) return ClipTokenizer.StartOfText;
        if (withSpecialTokens && rest.StartsWith(ClipTokenizer.EndOfText)) return ClipTokenizer.EndOfText;
        if (rest[0] != '\'') return null;
        foreach (string contraction in contractions)
            if (rest.StartsWith(contraction)) return contraction;
        return null;
    }

    static bool IsControl(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate;

    static bool IsIdeograph(int c) => c is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
