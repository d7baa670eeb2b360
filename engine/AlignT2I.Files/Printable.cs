using System.Globalization;

namespace AlignT2I.Files;

/// <summary>Text out of a file made fit for a terminal: a hostile name must neither fill the screen nor steer it.</summary>
public static class Printable
{
    /// <summary>The text with its control characters replaced by question marks, cut off where it is too long.</summary>
    /// <param name="text">Anything.</param>
    /// <param name="maxLength">Longest text that is not cut off, in characters.</param>
    public static string Text(string text, int maxLength = 200)
    {
        string shown = text.Length <= maxLength ? text : text[..maxLength] + "...";
        return shown.Any(char.IsControl) ? string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c)) : shown;
    }

    /// <summary>A number of things in words: <c>1 image</c>, <c>2 images</c>.</summary>
    /// <param name="count">How many.</param>
    /// <param name="one">What stands behind 1.</param>
    /// <param name="many">What stands behind every other number; null is <paramref name="one"/> with an s.</param>
    public static string Count(long count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many ?? one + "s")}");

    /// <summary>An amount of memory: <c>85 MB</c>, <c>4.26 GB</c>, <c>17.2 GB</c>.</summary>
    /// <param name="bytes">How many bytes.</param>
    public static string Bytes(long bytes) =>
        bytes < 999_500_000
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0} MB")
            : (bytes / 1e9).ToString(bytes < 9_995_000_000 ? "0.00" : "0.0", CultureInfo.InvariantCulture) + " GB";
}
