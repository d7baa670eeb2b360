using System.Text.Json;
using AlignT2I.Files;

namespace AlignT2I.Training.Prompts;

/// <summary>Reads and writes grammars: the two that ship, and files that people edit.</summary>
public static class GrammarFile
{
    const int MaxBytes = 1 << 22;
    static readonly string[] shipped = ["everyday", "miniature"];

    /// <summary>The paper's set over everyday objects: 2,700 training prompts with 27,528 images, 120 for evaluation.</summary>
    public static Grammar Everyday { get; } = Named("everyday");

    /// <summary>The miniature world's.</summary>
    public static Grammar Miniature { get; } = Named("miniature");

    /// <summary>Reads a grammar.</summary>
    /// <param name="nameOrPath"><c>everyday</c>, <c>miniature</c>, or a JSON file.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It is not a grammar, or prompts could not be told apart by it.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static Grammar Read(string nameOrPath)
    {
        if (shipped.Contains(nameOrPath))
            return Named(nameOrPath);
        if (!File.Exists(nameOrPath))
        {
            throw new UsageException(
                $"{nameOrPath}: there is no such file; name a grammar's JSON file, or {string.Join(" or ", shipped)}.");
        }
        return Parse(InputFile.ReadAllBytes(nameOrPath, MaxBytes), nameOrPath);
    }

    /// <summary>Writes a grammar, whole or not at all.</summary>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public static void Write(string path, Grammar grammar) =>
        AtomicFile.WriteAllText(path, JsonSerializer.Serialize(grammar, GrammarJson.Default.Grammar) + "\n");

    static Grammar Named(string name)
    {
        string resource = $"{name}.json";
        using Stream stream = typeof(GrammarFile).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"the resource {resource} is not in the assembly");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Parse(bytes, resource);
    }

    static Grammar Parse(byte[] json, string path)
    {
        try
        {
            Grammar grammar = JsonSerializer.Deserialize(json, GrammarJson.Default.Grammar)
                ?? throw new FileFormatException(path, "the file holds null; expected a grammar.");
            return GrammarProblem.Of(grammar) is { } problem ? throw new FileFormatException(path, problem) : grammar;
        }
        catch (JsonException e)
        {
            string where = e.LineNumber is { } line ? $"{path}:{line + 1}" : path;
            throw new FileFormatException(where, $"it is not a grammar of prompts: {e.Message}", e);
        }
    }
}
