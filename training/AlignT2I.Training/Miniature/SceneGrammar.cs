using System.Diagnostics.CodeAnalysis;
using AlignT2I.Training.Prompts;

namespace AlignT2I.Training.Miniature;

/// <summary>The English of the miniature world: <see cref="GrammarFile.Miniature"/> with shapes, colours and backgrounds
/// that can be drawn.</summary>
public static class SceneGrammar
{
    /// <summary>Every word that prompts are made of, in lower case: what a tokenizer has to know.</summary>
    public static IReadOnlyList<string> Words => GrammarFile.Miniature.Words;

    /// <summary>The prompt that states these attributes.</summary>
    /// <param name="worldObject">Which shape.</param>
    /// <param name="count">1 to 5, or null for "a".</param>
    /// <param name="color">Colour, or null for none stated.</param>
    /// <param name="background">Background, or null for none stated.</param>
    /// <param name="split">The set that the prompt belongs to.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not in 1 .. 5.</exception>
    public static ScenePrompt Create(
        WorldObject worldObject, int? count, WorldColor? color, WorldBackground? background, PromptSplit split) =>
        ScenePrompt.Of(GrammarFile.Miniature.Create(
            Word(worldObject), count, color is null ? null : Word(color), background is null ? null : Word(background), split));

    /// <summary>Reads a prompt: see <see cref="Grammar.TryParse"/>.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out ScenePrompt? prompt, [NotNullWhen(false)] out string? error)
    {
        prompt = GrammarFile.Miniature.TryParse(text, out Prompt? parsed, out error) ? ScenePrompt.Of(parsed) : null;
        return prompt is not null;
    }

    static string Word(Enum value) => value.ToString().ToLowerInvariant();
}
