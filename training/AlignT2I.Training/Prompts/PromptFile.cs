using System.Text.Json;
using AlignT2I.Files;

namespace AlignT2I.Training.Prompts;

/// <summary>Reads and writes prompts.jsonl: one <see cref="Prompt"/> per line.</summary>
public static class PromptFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="grammar">Where it is given, a text that is of it must say just what the attributes do.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It holds no prompt, or a line is none; the line number is in the message.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static IReadOnlyList<Prompt> Read(string path, Grammar? grammar = null)
    {
        List<Prompt> prompts = [];
        HashSet<string> ids = [];
        foreach (JsonLine<Prompt> line in JsonLines.Read(path, PromptJson.Default.Prompt))
        {
            if ((line.Value.Problem ?? Contradiction(line.Value, grammar)) is string problem)
                throw new FileFormatException($"{path}:{line.Line}", problem);
            if (!ids.Add(line.Value.Id))
                throw new FileFormatException($"{path}:{line.Line}", $"id '{line.Value.Id}' occurs twice; give every prompt its own.");
            prompts.Add(line.Value);
        }
        if (prompts.Count == 0)
            throw new FileFormatException(path, "it holds no prompt; expected one JSON object per line, as 'align prompts' writes them.");
        return prompts;
    }

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="prompts">The prompts, one line each.</param>
    /// <exception cref="StorageException">It cannot be written; an older file is untouched.</exception>
    public static void Write(string path, IEnumerable<Prompt> prompts) => AtomicFile.Write(path, stream =>
    {
        foreach (Prompt prompt in prompts)
        {
            stream.Write(JsonSerializer.SerializeToUtf8Bytes(prompt, PromptJson.Default.Prompt));
            stream.WriteByte((byte)'\n');
        }
    });

    /// <summary>How a prompt's attributes contradict its text, or null.</summary>
    static string? Contradiction(Prompt prompt, Grammar? grammar)
    {
        if (grammar is null || prompt.Object is null)
            return null;
        if (!grammar.TryParse(prompt.Text, out Prompt? parsed, out _))
            return null;        // imported: its words are not the grammar's
        Prompt expected = parsed with { Id = prompt.Id, Text = prompt.Text, Split = prompt.Split, Images = prompt.Images };
        if (expected == prompt)
            return null;
        string json = JsonSerializer.Serialize(expected, PromptJson.Default.Prompt);
        return $"the attributes are not what '{prompt.Text}' says; expected {json}.";
    }
}
