namespace AlignT2I.Training.Miniature;

/// <summary>A prompt of the miniature world and what it states; one line of prompts.jsonl. Made by <see cref="PromptGrammar"/>.</summary>
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
    WorldBackground? Background = null);
