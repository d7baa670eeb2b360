using System.Text.Json;
using AlignT2I.Files;

namespace AlignT2I.Training.Miniature;

/// <summary>Reads and writes prompts.jsonl: one <see cref="ScenePrompt"/> per line.</summary>
public static class PromptFile
{
    /// <summary>Reads a file and checks that every line's attributes are what its text says.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It holds no prompt, or a line is not a prompt of this world.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static IReadOnlyList<ScenePrompt> Read(string path)
    {
        List<ScenePrompt> prompts = [];
        HashSet<string> ids = [];
        foreach (JsonLine<ScenePrompt> line in JsonLines.Read(path, PromptJson.Default.ScenePrompt))
        {
            if (Problem(line.Value) is string problem)
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
    public static void Write(string path, IEnumerable<ScenePrompt> prompts) => AtomicFile.Write(path, stream =>
    {
        foreach (ScenePrompt prompt in prompts)
        {
            stream.Write(JsonSerializer.SerializeToUtf8Bytes(prompt, PromptJson.Default.ScenePrompt));
            stream.WriteByte((byte)'\n');
        }
    });

    /// <summary>What is wrong with a prompt from a file, or null.</summary>
    static string? Problem(ScenePrompt prompt)
    {
        if (prompt.Id.Length is 0 or > 100 || !prompt.Id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            return $"id '{prompt.Id}' names files; expected 1 to 100 letters, digits, '-' and '_'.";
        if (!PromptGrammar.TryParse(prompt.Text, out ScenePrompt? parsed, out string? error))
            return error;
        ScenePrompt expected = parsed with { Id = prompt.Id, Text = prompt.Text, Split = prompt.Split };
        if (expected == prompt)
            return null;
        string json = JsonSerializer.Serialize(expected, PromptJson.Default.ScenePrompt);
        return $"the attributes are not what '{prompt.Text}' says; expected {json}.";
    }
}
