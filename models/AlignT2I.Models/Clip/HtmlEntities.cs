using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AlignT2I.Models.Clip;

/// <summary>Character references of HTML, such as <c>&amp;amp;</c> and <c>&amp;#39;</c>, to the characters they stand for.</summary>
/// <remarks>As Python's <c>html.unescape</c>: the names and rules of the HTML Living Standard, sections 13.2.5.72 and 13.5.</remarks>
internal static partial class HtmlEntities
{
    const int LastControl = 0x9F, FirstControl = 0x80;

    static readonly Dictionary<string, string> names = ReadNames();
    static readonly Encoding windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>The text with every reference resolved once.</summary>
    public static string Unescape(string text) =>
        text.Contains('&', StringComparison.Ordinal) ? Reference().Replace(text, m => Resolve(m.Groups[1].Value)) : text;

    [GeneratedRegex("&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)")]
    private static partial Regex Reference();

    static string Resolve(string reference)
    {
        if (reference[0] == '#') return Number(reference[1..].TrimEnd(';'));
        // Old pages leave the semicolon out: then the longest name that the word begins with counts.
        for (int length = reference.Length; length > 1; length--)
            if (names.TryGetValue(reference[..length], out string? characters)) return characters + reference[length..];
        return "&" + reference;
    }

    static string Number(string digits)
    {
        bool hexadecimal = digits[0] is 'x' or 'X';
        digits = (hexadecimal ? digits[1..] : digits).TrimStart('0');
        if (digits.Length > 8) return "\uFFFD";
        long number = digits.Length == 0 ? 0
            : long.Parse(digits, hexadecimal ? NumberStyles.HexNumber : NumberStyles.None, CultureInfo.InvariantCulture);
        if (number is >= FirstControl and <= LastControl) return windows1252.GetString([(byte)number]);     // what browsers make of it
        if (number == 0 || number > 0x10FFFF || number is >= 0xD800 and <= 0xDFFF) return "\uFFFD";
        return IsNoCharacter((int)number) ? "" : char.ConvertFromUtf32((int)number);
    }

    static bool IsNoCharacter(int c) =>
        c is < 0x20 and not ('\t' or '\n' or '\f' or '\r') or 0x7F or (>= 0xFDD0 and <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;

    static Dictionary<string, string> ReadNames()
    {
        Dictionary<string, string> result = [];
        using Stream stream = typeof(HtmlEntities).Assembly.GetManifestResourceStream("html-entities.txt")!;
        using StreamReader reader = new(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line[0] == '#') continue;
            string[] parts = line.Split(' ');
            result[parts[0]] = string.Concat(parts[1..].Select(
                hex => char.ConvertFromUtf32(int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture))));
        }
        return result;
    }
}
