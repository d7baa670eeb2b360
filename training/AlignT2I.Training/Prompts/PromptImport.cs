using System.Text;
using AlignT2I.Files;

namespace AlignT2I.Training.Prompts;

/// <summary>
/// Prompts from files of others: plain text with a prompt on each line (# begins a comment), CSV and TSV with a row of column names, as
/// PartiPrompts, JSON Lines of GenEval, and prompts.jsonl. The format is told by the name's ending: .csv, .tsv, .jsonl, any other is text.
/// </summary>
public static class PromptImport
{
    const int MaxFileBytes = 1 << 28;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, UTF-8.</param>
    /// <param name="split">The set that its prompts belong to, where it does not say.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It holds no prompt, or a line that is none; file and line are in the message.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static IReadOnlyList<Prompt> Read(string path, PromptSplit split)
    {
        Prompt[] prompts = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".jsonl" when JsonLines.Read(path, PromptJson.Default.GenEvalLine).FirstOrDefault().Value?.Prompt is null =>
                [.. PromptFile.Read(path)],
            ".jsonl" => [.. Checked(path, ReadGenEval(path, split))],
            ".csv" => [.. Checked(path, new PromptTable(path, DelimitedText.Read(path, Text(path), ',')).Prompts(split))],
            ".tsv" => [.. Checked(path, new PromptTable(path, DelimitedText.Read(path, Text(path), '\t')).Prompts(split))],
            _ => [.. Checked(path, ReadLines(path, split))],
        };
        return prompts.Length > 0
            ? prompts
            : throw new FileFormatException(
                path, "it holds no prompt; write one prompt on each line, for example 'Three red stars on the moon'.");
    }

    static IEnumerable<(int Line, Prompt Prompt)> ReadLines(string path, PromptSplit split)
    {
        int line = 0;
        foreach (string text in Text(path).Split('\n').Select(l => l.Trim()))
        {
            line++;
            if (text.Length > 0 && text[0] != '#')
                yield return (line, new Prompt(PromptId.Of(text), text, PromptCategory.Object, split));
        }
    }

    static IEnumerable<(int Line, Prompt Prompt)> ReadGenEval(string path, PromptSplit split)
    {
        foreach (JsonLine<GenEvalLine> line in JsonLines.Read(path, PromptJson.Default.GenEvalLine))
        {
            if (line.Value.Prompt is not { } text)
                throw new FileFormatException($"{path}:{line.Line}", "it has no 'prompt', which the lines before have.");
            yield return (line.Line, line.Value.ToPrompt(PromptId.Of(text), split));
        }
    }

    /// <summary>Gives every prompt an id of its own, and refuses what is none.</summary>
    static IEnumerable<Prompt> Checked(string path, IEnumerable<(int Line, Prompt Prompt)> lines)
    {
        Dictionary<string, int> used = [];
        foreach ((int line, Prompt prompt) in lines)
        {
            if (prompt.Problem is { } problem)
                throw new FileFormatException($"{path}:{line}", problem);
            yield return prompt with { Id = PromptId.Distinct(prompt.Id, used) };
        }
    }

    static string Text(string path)
    {
        byte[] bytes = InputFile.ReadAllBytes(path, MaxFileBytes);
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException e)
        {
            int line = bytes.AsSpan(0, Math.Clamp(e.Index, 0, bytes.Length)).Count((byte)'\n') + 1;
            throw new FileFormatException($"{path}:{line}", "it is not UTF-8 text; save the file as UTF-8.", e);
        }
    }
}
