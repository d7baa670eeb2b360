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
}
