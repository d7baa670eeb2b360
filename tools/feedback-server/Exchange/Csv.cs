using System.Text;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Exchange;

/// <summary>Comma-separated values: quoted fields may hold commas, quotes (doubled) and line breaks.</summary>
/// <remarks>RFC 4180.</remarks>
internal static class Csv
{
    /// <summary>Reads records; the first is the header.</summary>
    /// <param name="name">The file, for messages.</param>
    /// <param name="text">Its text.</param>
    /// <returns>Each record's first line and its fields.</returns>
    /// <exception cref="FileFormatException">A quote is not closed, or a record has more or fewer fields than the header.</exception>
    public static IReadOnlyList<(int Line, string[] Fields)> Read(string name, string text)
    {
        List<(int Line, string[] Fields)> records = [];
        List<string> fields = [];
        int line = 1, start = 1;
        for (int at = text.StartsWith('\uFEFF') ? 1 : 0; at < text.Length;)
        {
            (string field, int end) = text[at] == '"' ? Quoted(name, text, at, line) : Plain(text, at);
            line += text.AsSpan(at, end - at).Count('\n');
            fields.Add(field);
            bool isLast = end >= text.Length || text[end] is '\r' or '\n';
            if (!isLast && text[end] != ',')
                throw new FileFormatException(
                    $"{name}:{line}", $"'{text[end]}' follows a closing quote; expected a comma or the end of the line.");
            at = end + 1;
            if (!isLast)
            {
                if (at == text.Length)
                    fields.Add("");
                if (at < text.Length)
                    continue;
            }
            if (end < text.Length && text[end] == '\r' && at < text.Length && text[at] == '\n')
                at++;
            Take(name, records, fields, start);
            start = ++line;
        }
        return records;
    }

    /// <summary>Appends one record.</summary>
    public static void Write(StringBuilder text, params ReadOnlySpan<string> fields)
    {
        for (int i = 0; i < fields.Length; i++)
        {
            string field = fields[i];
            bool quote = field.AsSpan().IndexOfAny(",\"\r\n") >= 0;
            text.Append(i == 0 ? "" : ",").Append(quote ? $"\"{field.Replace("\"", "\"\"")}\"" : field);
        }
        text.Append("\r\n");
    }

    static void Take(string name, List<(int Line, string[] Fields)> records, List<string> fields, int line)
    {
        if (fields is not [""])     // an empty line
        {
            if (records.Count > 0 && records[0].Fields.Length != fields.Count)
            {
                throw new FileFormatException($"{name}:{line}",
                    $"the record has {fields.Count} fields; the header has {records[0].Fields.Length}.");
            }
            records.Add((line, [.. fields]));
        }
        fields.Clear();
    }

    static (string Field, int End) Plain(string text, int at)
    {
        int length = text.AsSpan(at).IndexOfAny(",\r\n");
        int end = length < 0 ? text.Length : at + length;
        return (text[at..end], end);
    }

    static (string Field, int End) Quoted(string name, string text, int at, int line)
    {
        var field = new StringBuilder();
        for (int i = at + 1; i < text.Length; i++)
        {
            if (text[i] != '"')
                field.Append(text[i]);
            else if (i + 1 < text.Length && text[i + 1] == '"')
                field.Append(text[i++]);
            else
                return (field.ToString(), i + 1);
        }
        throw new FileFormatException($"{name}:{line}", "a quote is opened and never closed.");
    }
}
