using System.Text;
using AlignT2I.Files;

namespace AlignT2I.Training.Prompts;

/// <summary>Rows of a table in text: CSV with quotes as in RFC 4180, or columns between tabs, where quotes
/// are letters like others.</summary>
internal static class DelimitedText
{
    /// <summary>The rows that are not empty, each with the line that it begins on.</summary>
    /// <param name="path">Named in errors.</param>
    /// <param name="text">The text.</param>
    /// <param name="separator">Between columns; a comma, or a tab.</param>
    /// <exception cref="FileFormatException">A quote is not closed.</exception>
    public static IEnumerable<(int Line, IReadOnlyList<string> Fields)> Read(string path, string text, char separator)
    {
        bool quotes = separator != '\t';
        List<string> fields = [];
        var field = new StringBuilder();
        int line = 1, rowLine = 1, quoteLine = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            char c = i < text.Length ? text[i] : '\n';
            if (quoteLine > 0)
            {
                if (i == text.Length)
                {
                    throw new FileFormatException(
                        $"{path}:{quoteLine}", "a quote is opened and not closed; write a quote within quotes twice.");
                }
                bool isDouble = c == '"' && i + 1 < text.Length && text[i + 1] == '"';
                if (c == '"' && !isDouble)
                    quoteLine = 0;
                else
                    field.Append(c);
                i += isDouble ? 1 : 0;
            }
            else if (quotes && c == '"' && field.Length == 0)
            {
                quoteLine = line;
            }
            else if (c == separator || c == '\n')
            {
                fields.Add(field.ToString().Trim());
                field.Clear();
                if (c == '\n' && fields.Any(f => f.Length > 0))
                    yield return (rowLine, [.. fields]);
                if (c == '\n')
                    fields.Clear();
            }
            else
            {
                field.Append(c);
            }
            if (c == '\n')
            {
                line++;
                if (quoteLine == 0)
                    rowLine = line;
            }
        }
    }
}
