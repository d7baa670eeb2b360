using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Prompts;

namespace AlignT2I.Training.Generation;

/// <summary>Prompts as a person types them or keeps them in a file, checked against the model that is to draw them.</summary>
public static class PromptReader
{
    /// <summary>A model trained on everyday captions has tens of thousands of tokens; one of the miniature
    /// world has its few words.</summary>
    const int SmallVocabulary = 5_000;

    /// <summary>Whether a model is of the miniature world.</summary>
    /// <param name="folder">A diffusers folder, or a transformers folder of CLIP.</param>
    /// <exception cref="FileFormatException">Its tokenizer is damaged.</exception>
    /// <exception cref="UsageException">It has none.</exception>
    public static bool IsMiniature(string folder) => IsMiniature(ClipTokenizer.Load(ClipEmbedder.TokenizerFolder(folder)));

    /// <summary>Whether a tokenizer is that of a model of the miniature world.</summary>
    public static bool IsMiniature(ClipTokenizer tokenizer) => tokenizer.VocabularySize < SmallVocabulary;

    /// <summary>Gives each text an id and checks that the model knows its words.</summary>
    /// <param name="texts">The prompts.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="images">The images of each.</param>
    /// <exception cref="UsageException">The model is of the miniature world, and a text is not.</exception>
    public static IReadOnlyList<GenerationPrompt> Prepare(
        IReadOnlyList<string> texts, ClipTokenizer tokenizer, IReadOnlyList<ImageSeed> images)
    {
        Dictionary<string, int> used = [];
        List<GenerationPrompt> prompts = [];
        foreach (string text in texts)
        {
            string id = IsMiniature(tokenizer) ? Parse(text).Id : PromptId.Of(text);
            prompts.Add(new GenerationPrompt(PromptId.Distinct(id, used), text, images));
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
    public static Prompt Parse(string text) =>
        GrammarFile.Miniature.TryParse(text, out Prompt? prompt, out string? error) ? prompt : throw new UsageException(error);
}
