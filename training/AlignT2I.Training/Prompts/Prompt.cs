namespace AlignT2I.Training.Prompts;

/// <summary>A prompt and what it states; one line of prompts.jsonl. A <see cref="Grammar"/> makes it, or it is imported.</summary>
/// <param name="Id">Name that follows from the text ("three-red-dogs-on-the-moon"); fit for a file name.</param>
/// <param name="Text">English text ("Three red dogs on the moon").</param>
/// <param name="Category">What the prompt tests.</param>
/// <param name="Split">The set that the prompt belongs to.</param>
/// <param name="Object">What is asked for ("dog"); null where it is not known, as of a prompt from a plain text.</param>
/// <param name="Count">How many; null where the text says "a", which asks for at least one.</param>
/// <param name="Color">Colour of every object; null where the text has none.</param>
/// <param name="Background">Where ("moon"); null where the text does not say.</param>
/// <param name="Images">Images to draw for it; null leaves that to who draws.</param>
public sealed record Prompt(
    string Id,
    string Text,
    PromptCategory Category,
    PromptSplit Split,
    string? Object = null,
    int? Count = null,
    string? Color = null,
    string? Background = null,
    int? Images = null)
{
    const int LongestId = 100, LongestText = 10_000, MostImages = 10_000;

    /// <summary>What is wrong with the fields of a prompt from a file, or null.</summary>
    internal string? Problem
    {
        get
        {
            if (Id.Length is 0 or > LongestId || !Id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                return $"id '{Id}' names files; expected 1 to {LongestId} letters, digits, '-' and '_'.";
            if (string.IsNullOrWhiteSpace(Text) || Text.Length > LongestText)
                return $"the text has {Text.Length} characters; expected 1 to {LongestText}, not all blank.";
            if (Text.Any(char.IsControl))
                return "the text has control characters; write it on one line.";
            if (Count < 1)
                return $"the count is {Count}; expected 1 or more.";
            return Images is < 1 or > MostImages ? $"{Images} images are asked for; expected 1 to {MostImages}." : null;
        }
    }
}
