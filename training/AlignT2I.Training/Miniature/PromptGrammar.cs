using System.Diagnostics.CodeAnalysis;

namespace AlignT2I.Training.Miniature;

/// <summary>The English of the miniature world: writes prompts from attributes, reads them back, lists them.</summary>
/// <remarks>The categories are those of Lee et al. 2023, section 3.1: [a | number] [colour] object [background].</remarks>
public static class PromptGrammar
{
    const string Example = "write for example 'Three red stars on the moon'";

    /// <summary>Every word that prompts are made of, in lower case: what a tokenizer has to know.</summary>
    public static IReadOnlyList<string> Words { get; } =
    [
        "a", "an",
        .. WorldWords.Counts.Select(WorldWords.Number),
        .. WorldWords.Colors.Select(WorldWords.Word),
        .. WorldWords.Objects.Select(WorldWords.Singular),
        .. WorldWords.Objects.Select(WorldWords.Plural),
        "in", "on", "at", "the",
        .. WorldWords.Backgrounds.Select(WorldWords.Word),
    ];

    /// <summary>The prompt that states these attributes.</summary>
    /// <param name="worldObject">Which shape.</param>
    /// <param name="count">1 to 5, or null for "a".</param>
    /// <param name="color">Colour, or null for none stated.</param>
    /// <param name="background">Background, or null for none stated.</param>
    /// <param name="split">The set that the prompt belongs to.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not in 1 .. 5.</exception>
    public static ScenePrompt Create(
        WorldObject worldObject, int? count, WorldColor? color, WorldBackground? background, PromptSplit split)
    {
        if (count is < 1 or > WorldWords.MaxCount)
            throw new ArgumentOutOfRangeException(nameof(count), count, "a prompt has one to five objects");
        string text = Render(worldObject, count, color, background);
        string id = text.ToLowerInvariant().Replace(' ', '-');
        return new ScenePrompt(id, text, CategoryOf(count, color, background), worldObject, split, count, color, background);
    }

    /// <summary>Every prompt of a category about the given objects, in a fixed order. Combinations have two or three attributes.</summary>
    /// <param name="category">What the prompts test.</param>
    /// <param name="objects">The objects they speak of.</param>
    /// <param name="split">The set that the prompts belong to.</param>
    public static IEnumerable<ScenePrompt> Enumerate(PromptCategory category, IEnumerable<WorldObject> objects, PromptSplit split)
    {
        int?[] counts = [null, .. WorldWords.Counts];
        WorldColor?[] colors = [null, .. WorldWords.Colors];
        WorldBackground?[] backgrounds = [null, .. WorldWords.Backgrounds];
        return from worldObject in objects
               from count in counts
               from color in colors
               from background in backgrounds
               where CategoryOf(count, color, background) == category
               select Create(worldObject, count, color, background, split);
    }

    /// <summary>Reads a prompt. Upper and lower case, a full stop at the end, and plural or singular make no difference.</summary>
    /// <param name="text">English text, as <see cref="Create"/> writes it.</param>
    /// <param name="prompt">The prompt in its usual spelling; its split is unseen or seen, after its object.</param>
    /// <param name="error">What is wrong with the text and what to write instead.</param>
    /// <returns>Whether the text is a prompt of this world.</returns>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out ScenePrompt? prompt, [NotNullWhen(false)] out string? error)
    {
        prompt = null;
        string[] words = text.Trim().TrimEnd('.').ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.FirstOrDefault(w => !Words.Contains(w)) is string unknown)
        {
            error = $"'{text}': the miniature world has no word '{unknown}'; it knows {string.Join(", ", Words)}.";
            return false;
        }

        int at = 0;
        int? count = null;
        if (at < words.Length && words[at] is "a" or "an")
            at++;
        else if (at < words.Length && WorldWords.Counts.FirstOrDefault(c => WorldWords.Number(c) == words[at]) is > 0 and int number)
            (count, at) = (number, at + 1);

        WorldColor? color = at < words.Length ? Find(WorldWords.Colors, c => WorldWords.Word(c) == words[at]) : null;
        if (color is not null)
            at++;
        WorldObject? worldObject = at < words.Length
            ? Find(WorldWords.Objects, o => WorldWords.Singular(o) == words[at] || WorldWords.Plural(o) == words[at]) : null;
        if (worldObject is null)
        {
            string found = at < words.Length ? $"'{words[at]}'" : "the end";
            string names = string.Join(", ", WorldWords.Objects.Select(WorldWords.Singular));
            error = $"'{text}': expected an object ({names}), found {found}; {Example}.";
            return false;
        }

        string rest = string.Join(' ', words[(at + 1)..]);
        WorldBackground? background = Find(WorldWords.Backgrounds, b => WorldWords.Phrase(b) == rest);
        if (rest.Length > 0 && background is null)
        {
            string phrases = string.Join(", ", WorldWords.Backgrounds.Select(WorldWords.Phrase));
            error = $"'{text}': expected a background ({phrases}) or nothing after '{words[at]}', found '{rest}'; {Example}.";
            return false;
        }

        PromptSplit split = PromptSets.UnseenObjects.Contains(worldObject.Value) ? PromptSplit.Unseen : PromptSplit.Seen;
        prompt = Create(worldObject.Value, count, color, background, split);
        error = null;
        return true;
    }

    static string Render(WorldObject worldObject, int? count, WorldColor? color, WorldBackground? background)
    {
        string noun = count > 1 ? WorldWords.Plural(worldObject) : WorldWords.Singular(worldObject);
        if (color is WorldColor stated)
            noun = $"{WorldWords.Word(stated)} {noun}";
        string determiner = count is int number ? WorldWords.Number(number) : "aeiou".Contains(noun[0]) ? "an" : "a";
        string text = $"{char.ToUpperInvariant(determiner[0])}{determiner[1..]} {noun}";
        return background is WorldBackground place ? $"{text} {WorldWords.Phrase(place)}" : text;
    }

    static PromptCategory CategoryOf(int? count, WorldColor? color, WorldBackground? background) =>
        (count is not null, color is not null, background is not null) switch
        {
            (false, false, false) => PromptCategory.Object,
            (true, false, false) => PromptCategory.Count,
            (false, true, false) => PromptCategory.Color,
            (false, false, true) => PromptCategory.Background,
            _ => PromptCategory.Combination,
        };

    static T? Find<T>(IEnumerable<T> values, Func<T, bool> matches) where T : struct
    {
        foreach (T value in values)
        {
            if (matches(value))
                return value;
        }
        return null;
    }
}
