using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AlignT2I.Files;

/// <summary>Reads JSON Lines: one JSON value per line, UTF-8.</summary>
/// <remarks>
/// A last line without a newline that is not a whole value is what a killed writer leaves; it is not read. In a file that is said to be
/// finished it is an error. Blank lines are skipped.
/// </remarks>
public static class JsonLines
{
    internal const int MaxLineBytes = 1 << 24;
    const int BufferBytes = 1 << 16, ExcerptBytes = 100;

    /// <summary>Reads the values one after the other; the file is opened when the first is asked for.</summary>
    /// <typeparam name="T">What a line holds.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="type">How a line is parsed, from a source-generated context.</param>
    /// <param name="finished">Whether nobody writes the file any more, so that a last line that is not whole is damage.</param>
    /// <returns>Each value with its line number.</returns>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">A line is not a value of this type, or longer than 16 MiB; the line number is in the
    /// message.</exception>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    public static IEnumerable<JsonLine<T>> Read<T>(string path, JsonTypeInfo<T> type, bool finished = false)
    {
        using FileStream stream = InputFile.OpenRead(path);
        byte[] buffer = new byte[BufferBytes];
        int line = 0, start = 0, end = 0, searched = 0;
        while (true)
        {
            int newline = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                newline += searched;
                line++;
                if (Parse(path, line, buffer.AsSpan(start, newline - start), type) is { } value)
                    yield return value;
                start = searched = newline + 1;
                continue;
            }
            (start, end, searched) = MakeRoom(path, line + 1, ref buffer, start, end);
            int read = Fill(path, stream, buffer.AsSpan(end));
            if (read == 0)
                break;
            end += read;
        }
        bool counts = finished || IsWhole(buffer.AsSpan(start, end - start));
        if (counts && Parse(path, line + 1, buffer.AsSpan(start, end - start), type) is { } last)
            yield return last;
    }

    static (int Start, int End, int Searched) MakeRoom(string path, int line, ref byte[] buffer, int start, int end)
    {
        int kept = end - start;
        if (kept > MaxLineBytes)
        {
            throw new FileFormatException($"{path}:{line}",
                $"the line is longer than {MaxLineBytes} bytes; this is not a JSON Lines file.");
        }
        byte[] target = kept > buffer.Length / 2 ? new byte[buffer.Length * 2] : buffer;
        buffer.AsSpan(start, kept).CopyTo(target);
        buffer = target;
        return (0, kept, kept);
    }

    static int Fill(string path, FileStream stream, Span<byte> destination)
    {
        try
        {
            return stream.Read(destination);
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            throw StorageException.From(e, path, "read");
        }
    }

    static JsonLine<T>? Parse<T>(string path, int line, ReadOnlySpan<byte> bytes, JsonTypeInfo<T> type)
    {
        ReadOnlySpan<byte> text = Trim(bytes);
        if (text.IsEmpty)
            return null;
        try
        {
            return new JsonLine<T>(line, JsonSerializer.Deserialize(text, type)
                ?? throw new FileFormatException($"{path}:{line}", "the line is null; expected a JSON object."));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)      // the latter: text that is not Unicode
        {
            string where = e is JsonException { Path: ['$', '.', .. string field] } ? $"its '{field}'" : "the line";
            string found = Encoding.UTF8.GetString(text[..Math.Min(text.Length, ExcerptBytes)]);
            throw new FileFormatException($"{path}:{line}",
                $"{where} is not what is expected here: {FirstSentence(e.Message)} The line begins {found}", e);
        }
    }

    /// <summary>Whether this is one whole JSON value. What a killed writer leaves of an object is not.</summary>
    internal static bool IsWhole(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(Trim(bytes));
            while (reader.Read())
            {
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("\uFEFF"u8))
            bytes = bytes[3..];
        return bytes.Trim(" \t\r"u8);
    }

    /// <summary>The serializer's message without its position, which counts within the line from zero.</summary>
    static string FirstSentence(string message)
    {
        int end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }
}
