using AlignT2I.Files;
using AlignT2I.Training.Prompts;

namespace AlignT2I.Training.Miniature;

/// <summary>A prompt of the miniature world, with what it states as shapes, colours and backgrounds
/// that can be drawn and recognized.</summary>
/// <param name="Id">Name that follows from the text ("three-red-stars-on-the-moon"); fit for a file name.</param>
/// <param name="Text">English text ("Three red stars on the moon").</param>
/// <param name="Category">What the prompt tests.</param>
/// <param name="Object">Which shape is asked for.</param>
/// <param name="Split">The set that the prompt belongs to.</param>
/// <param name="Count">How many, 1 to 5; null where the text says "a", which asks for at least one.</param>
/// <param name="Color">Colour of every object; null where the text has none.</param>
/// <param name="Background">Where; null where the text does not say.</param>
public sealed record ScenePrompt(
    string Id,
    string Text,
    PromptCategory Category,
    WorldObject Object,
    PromptSplit Split,
    int? Count = null,
    WorldColor? Color = null,
    WorldBackground? Background = null)
{
    /// <summary>A prompt of the miniature's grammar.</summary>
    /// <exception cref="UsageException">The prompt speaks of things that are not of the miniature world.</exception>
    public static ScenePrompt Of(Prompt prompt) => new(
        prompt.Id, prompt.Text, prompt.Category,
        Value<WorldObject>(prompt, prompt.Object) ?? throw Foreign(prompt, "no object"), prompt.Split, prompt.Count,
        Value<WorldColor>(prompt, prompt.Color), Value<WorldBackground>(prompt, prompt.Background));

    static T? Value<T>(Prompt prompt, string? word) where T : struct, Enum =>
        word is null ? null : Enum.TryParse(word, ignoreCase: true, out T value) ? value : throw Foreign(prompt, $"'{word}'");

    static UsageException Foreign(Prompt prompt, string found) =>
        new($"the prompt '{prompt.Text}' has {found}; it is not of the miniature world, "
            + "whose shapes alone can be drawn and judged by rule.");
}
