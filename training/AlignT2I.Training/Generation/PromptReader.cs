using System.Text;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Training.Miniature;

namespace AlignT2I.Training.Generation;

/// <summary>Prompts as a person types them or keeps them in a file, checked against the model that is to draw them.</summary>
public static class PromptReader
{
    /// <summary>A model trained on everyday captions has tens of thousands of tokens; one of the miniature world has its few words.</summary>
    const int SmallVocabulary = 5_000;

    const int MaxFileBytes = 1 << 28, MaxIdChars = 80;

    /// <summary>Reads a file: JSON Lines as <c>align prompts</c> writes, or text with a prompt on each line; lines that begin with # are comments.</summary>
    /// <param name="path">The file; its name ends with .jsonl for JSON Lines.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It holds no prompt, or a line that is none.</exception>
    public static IReadOnlyList<string> ReadFile(string path)
    {
        if (path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase))
            return [.. PromptFile.Read(path).Select(p => p.Text)];
        string text = Encoding.UTF8.GetString(InputFile.ReadAllBytes(path, MaxFileBytes)).TrimStart('\uFEFF');
        string[] prompts = [.. text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#')];
        return prompts.Length > 0 ? prompts
            : throw new FileFormatException(path, "it holds no prompt; write one prompt on each line, for example 'Three red stars on the moon'.");
    }

    /// <summary>Whether a model is of the miniature world.</summary>
    public static bool IsMiniature(ClipTokenizer tokenizer) => tokenizer.VocabularySize < SmallVocabulary;

    /// <summary>Gives each text an id and checks that the model knows its words.</summary>
    /// <param name="texts">The prompts.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="images">The images of each.</param>
    /// <exception cref="UsageException">The model is of the miniature world, and a text is not.</exception>
    public static IReadOnlyList<GenerationPrompt> Prepare(IReadOnlyList<string> texts, ClipTokenizer tokenizer, IReadOnlyList<ImageSeed> images)
    {
        Dictionary<string, int> used = [];
        List<GenerationPrompt> prompts = [];
        foreach (string text in texts)
        {
            string id = Slug(text);
            if (IsMiniature(tokenizer))
                id = Parse(text).Id;
            int count = used[id] = used.GetValueOrDefault(id) + 1;
            prompts.Add(new GenerationPrompt(count == 1 ? id : $"{id}-{count}", text, images));
        }
        return prompts;
    }

    /// <summary>What of a text the encoder does not read, as it is too long; empty where it reads all.</summary>
    /// <param name="text">A prompt.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    public static string Unread(string text, ClipTokenizer tokenizer)
    {
        int most = tokenizer.ModelMaxLength - 2;        // the two special tokens
        if (tokenizer.Tokenize(text).Count <= most)
            return "";
        string[] words = text.Split(' ');
        int read = 0;
        while (tokenizer.Tokenize(string.Join(' ', words[..(read + 1)])).Count <= most)
            read++;
        return string.Join(' ', words[read..]);
    }

    /// <summary>Reads a prompt of the miniature world.</summary>
    /// <exception cref="UsageException">It is none; the message says which word is wrong.</exception>
    public static ScenePrompt Parse(string text) =>
        PromptGrammar.TryParse(text, out ScenePrompt? prompt, out string? error) ? prompt : throw new UsageException(error);

    /// <summary>Letters, digits and hyphens of a text, for file names.</summary>
    static string Slug(string text)
    {
        var slug = new StringBuilder();
        foreach (char c in text.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c))
                slug.Append(c);
            else if (slug.Length > 0 && slug[^1] != '-')
                slug.Append('-');
        }
        string id = slug.ToString().Trim('-');
        return id.Length == 0 ? "prompt" : id[..Math.Min(id.Length, MaxIdChars)].TrimEnd('-');
    }
}
