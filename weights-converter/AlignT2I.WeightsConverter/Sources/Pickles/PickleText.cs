using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Unicode;

namespace AlignT2I.WeightsConverter.Sources.Pickles;

/// <summary>The values that protocol 0 writes as lines of text.</summary>
internal static class PickleText
{
    const int MaxDigits = 2048;

    /// <summary>
    /// A decimal integer, with an <c>L</c> after it or not; <c>00</c> and <c>01</c> are False and True; null where it is none.
    /// </summary>
    public static object? Integer(ReadOnlySpan<byte> line)
    {
        if (line is [(byte)'0', (byte)'0' or (byte)'1'])
            return line[1] == (byte)'1';
        ReadOnlySpan<byte> digits = line is [.., (byte)'L'] ? line[..^1] : line;
        if (digits.Length > MaxDigits)
            return null;
        string text = Encoding.Latin1.GetString(digits);
        if (!BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger value))
            return null;
        return value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;
    }

    /// <summary>A float; null where it is none.</summary>
    public static object? Float(ReadOnlySpan<byte> line)
        => double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;

    /// <summary>A quoted Python 2 string with backslash escapes; null where it is none.</summary>
    public static string? Quoted(ReadOnlySpan<byte> line)
        => line.Length >= 2 && line[0] is (byte)'\'' or (byte)'"' && line[^1] == line[0] ? Unescape(line[1..^1], "\\'\"nrtx") : null;

    /// <summary>A text whose characters above Latin-1 are written <c>\u0041</c> or <c>\U0001F600</c>; null where one is not.</summary>
    public static string? Unicode(ReadOnlySpan<byte> line) => Unescape(line, "uU");

    /// <summary>A Python 2 string, which may be text or bytes.</summary>
    public static object Python2(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : bytes.ToArray();

    /// <summary>Replaces the escapes of these kinds; a backslash before anything else stands for itself.</summary>
    static string? Unescape(ReadOnlySpan<byte> line, string kinds)
    {
        var text = new StringBuilder(line.Length);
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] != (byte)'\\' || i + 1 == line.Length || !kinds.Contains((char)line[i + 1], StringComparison.Ordinal))
            {
                text.Append((char)line[i]);
                continue;
            }
            char kind = (char)line[++i];
            int digits = kind switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
            if (digits == 0)
            {
                text.Append(kind switch { 'n' => '\n', 'r' => '\r', 't' => '\t', _ => kind });
                continue;
            }
            if (i + digits >= line.Length
                || !uint.TryParse(line.Slice(i + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code)
                || code > 0x10ffff)
            {
                return null;
            }
            if (code > 0xffff)
                text.Append(char.ConvertFromUtf32((int)code));
            else
                text.Append((char)code);
            i += digits;
        }
        return text.ToString();
    }
}
