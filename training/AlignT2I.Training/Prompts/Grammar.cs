using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace AlignT2I.Training.Prompts;

/// <summary>The English of prompts: [a | number] [colour] object [background], with lists of the words.
/// Read from a JSON file that people edit.</summary>
/// <remarks>The categories are those of Lee et al. 2023, section 3.1. <see cref="GrammarFile"/> reads and checks it.</remarks>
/// <param name="Counts">The words for one, two, three and so on.</param>
/// <param name="Colors">The colours.</param>
/// <param name="Objects">What prompts speak of.</param>
/// <param name="Backgrounds">The places.</param>
/// <param name="Training">How many training prompts each category has.</param>
/// <param name="EvaluationPerCategory">Evaluation prompts of each category about seen objects, and as many about unseen ones.</param>
public sealed record Grammar(
    IReadOnlyList<string> Counts,
    IReadOnlyList<string> Colors,
    IReadOnlyList<GrammarObject> Objects,
    IReadOnlyList<GrammarBackground> Backgrounds,
    GrammarShares Training,
    int EvaluationPerCategory)
{
    static readonly string[] articles = ["a", "an"];

    /// <summary>Every word that prompts are made of, in lower case: what a tokenizer has to know.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Words =>
    [
        .. articles.Concat(Counts).Concat(Colors).Concat(Objects.Select(o => o.Name)).Concat(Objects.Select(o => o.PluralWord))
            .Concat(Backgrounds.Select(b => b.Phrase)).SelectMany(phrase => phrase.Split(' ')).Distinct(),
    ];

    /// <summary>The objects that training prompts speak of.</summary>
    [JsonIgnore]
    public IEnumerable<GrammarObject> SeenObjects => Objects.Where(o => !o.Unseen);

    /// <summary>The objects that only evaluation prompts speak of.</summary>
    [JsonIgnore]
    public IEnumerable<GrammarObject> UnseenObjects => Objects.Where(o => o.Unseen);

    /// <summary>The prompt that states these attributes.</summary>
    /// <param name="thing">Name of an object.</param>
    /// <param name="count">1 to the number of <see cref="Counts"/>, or null for "a".</param>
    /// <param name="color">Colour, or null for none stated.</param>
    /// <param name="background">Name of a background, or null for none stated.</param>
    /// <param name="split">The set that the prompt belongs to.</param>
    /// <exception cref="ArgumentOutOfRangeException">The grammar has no such word.</exception>
    public Prompt Create(string thing, int? count, string? color, string? background, PromptSplit split)
    {
        if (count < 1 || count > Counts.Count)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"a prompt has one to {Counts[^1]} objects");
        GrammarObject named = Objects.FirstOrDefault(o => o.Name == thing)
            ?? throw new ArgumentOutOfRangeException(nameof(thing), thing, "the grammar has no such object");
        GrammarBackground? place = background is null ? null : Backgrounds.FirstOrDefault(b => b.Name == background)
            ?? throw new ArgumentOutOfRangeException(nameof(background), background, "the grammar has no such background");
        return Create(named, count, color, place, split);
    }

    /// <summary>Every prompt of a category about the given objects, in a fixed order. Combinations have two or three attributes.</summary>
    /// <param name="category">What the prompts test.</param>
    /// <param name="objects">The objects they speak of.</param>
    /// <param name="split">The set that the prompts belong to.</param>
    public IEnumerable<Prompt> Enumerate(PromptCategory category, IEnumerable<GrammarObject> objects, PromptSplit split)
    {
        int?[] counts = [null, .. Enumerable.Range(1, Counts.Count)];
        string?[] colors = [null, .. Colors];
        GrammarBackground?[] backgrounds = [null, .. Backgrounds];
        return from thing in objects
               from count in counts
               from color in colors
               from background in backgrounds
               where CategoryOf(count, color, background?.Name) == category
               select Create(thing, count, color, background, split);
    }

    /// <summary>Reads a prompt. Upper and lower case, a full stop at the end, and plural or singular make no difference.</summary>
    /// <param name="text">English text, as <see cref="Create(string, int?, string?, string?, PromptSplit)"/> writes it.</param>
    /// <param name="prompt">The prompt in its usual spelling; its split is unseen or seen, after its object.</param>
    /// <param name="error">What is wrong with the text and what to write instead.</param>
    /// <returns>Whether the text is a prompt of this grammar.</returns>
    public bool TryParse(string text, [NotNullWhen(true)] out Prompt? prompt, [NotNullWhen(false)] out string? error) =>
        new GrammarParser(this).TryParse(text, out prompt, out error);

    /// <summary>What a prompt tests that states these.</summary>
    internal static PromptCategory CategoryOf(int? count, string? color, string? background) =>
        (count is not null, color is not null, background is not null) switch
        {
            (false, false, false) => PromptCategory.Object,
            (true, false, false) => PromptCategory.Count,
            (false, true, false) => PromptCategory.Color,
            (false, false, true) => PromptCategory.Background,
            _ => PromptCategory.Combination,
        };

    /// <summary>The prompt of parts of this grammar.</summary>
    internal Prompt Create(GrammarObject thing, int? count, string? color, GrammarBackground? background, PromptSplit split)
    {
        string noun = count > 1 ? thing.PluralWord : thing.Name;
        string article = color is null && thing.Article is { } own ? own : "aeiou".Contains((color ?? noun)[0]) ? "an" : "a";
        string determiner = count is int number ? Counts[number - 1] : article;
        string text = $"{char.ToUpperInvariant(determiner[0])}{determiner[1..]} {(color is null ? noun : $"{color} {noun}")}";
        if (background is not null)
            text = $"{text} {background.Phrase}";
        return new Prompt(
            PromptId.Of(text), text, CategoryOf(count, color, background?.Name), split, thing.Name, count, color, background?.Name);
    }
}
