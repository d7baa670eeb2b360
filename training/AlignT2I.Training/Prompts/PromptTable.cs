using System.Globalization;
using AlignT2I.Files;

namespace AlignT2I.Training.Prompts;

/// <summary>
/// Prompts from a table whose first row names the columns: prompt (or text), and, where they are there, id, category, split, object,
/// count, color, background, images, and PartiPrompts' challenge.
/// </summary>
/// <remarks>PartiPrompts: Yu et al. 2022, arXiv:2206.10789. Its challenge "Quantity" tests counts; "Properties &amp; Positioning" colours,
/// where the text names one; its categories of scenes test backgrounds. The others test none of the paper's attributes.</remarks>
internal sealed class PromptTable
{
    static readonly string[] known =
    [
        "prompt", "text", "id", "category", "challenge", "split", "object", "count", "color", "colour", "background", "images",
    ];

    readonly string path;
    readonly List<(int Line, IReadOnlyList<string> Fields)> rows;
    readonly Dictionary<string, int> columns = new(StringComparer.OrdinalIgnoreCase);
    readonly string textColumn;

    /// <param name="path">Named in errors.</param>
    /// <param name="rows">The rows, the first with the names.</param>
    /// <exception cref="FileFormatException">No column is named prompt or text.</exception>
    public PromptTable(string path, IEnumerable<(int Line, IReadOnlyList<string> Fields)> rows)
    {
        this.path = path;
        this.rows = [.. rows];
        IReadOnlyList<string> names = this.rows is [var first, ..] ? first.Fields : [];
        for (int i = 0; i < names.Count; i++)
        {
            if (known.Contains(names[i], StringComparer.OrdinalIgnoreCase))
                columns.TryAdd(names[i], i);
        }
        textColumn = columns.ContainsKey("prompt") ? "prompt" : "text";
        if (!columns.ContainsKey(textColumn))
        {
            throw new FileFormatException($"{path}:{(this.rows is [var (line, _), ..] ? line : 1)}",
                $"its first row names the columns '{string.Join("', '", names)}'; expected one named prompt or text.");
        }
    }

    /// <summary>The prompts, each with its line.</summary>
    /// <param name="split">The set of those whose row does not say.</param>
    /// <exception cref="FileFormatException">A number or a split is none, or a row has no text.</exception>
    public IEnumerable<(int Line, Prompt Prompt)> Prompts(PromptSplit split)
    {
        foreach ((int line, IReadOnlyList<string> fields) in rows.Skip(1))
        {
            string? Of(string column) =>
                columns.TryGetValue(column, out int i) && i < fields.Count && fields[i].Length > 0 ? fields[i] : null;

            string text = Of(textColumn)
                ?? throw new FileFormatException($"{path}:{line}", $"the column '{textColumn}' is empty; write the prompt there.");
            int? count = Number(line, "count", Of("count"));
            string? color = Of("color") ?? Of("colour"), background = Of("background");
            PromptSplit set = Of("split") is not { } named ? split
                : Enum.TryParse(named, ignoreCase: true, out PromptSplit parsed) && Enum.IsDefined(parsed) ? parsed
                : throw new FileFormatException($"{path}:{line}", $"the split is '{named}'; expected train, seen or unseen.");
            PromptCategory stated = Grammar.CategoryOf(count, color, background);
            PromptCategory category = stated != PromptCategory.Object ? stated : CategoryOf(Of("category"), Of("challenge"), text);
            int? images = Number(line, "images", Of("images"));
            yield return (line, new Prompt(
                Of("id") ?? PromptId.Of(text), text, category, set, Of("object"), count, color, background, images));
        }
    }

    static PromptCategory CategoryOf(string? category, string? challenge, string text)
    {
        string? american = category?.Replace("colour", "color", StringComparison.OrdinalIgnoreCase);
        if (Enum.TryParse(american, ignoreCase: true, out PromptCategory own) && Enum.IsDefined(own))
            return own;
        bool namesColor = text.ToLowerInvariant().Split(' ', ',', '.').Intersect(GrammarFile.Everyday.Colors).Any();
        return (challenge, category) switch
        {
            ("Quantity", _) => PromptCategory.Count,
            ("Properties & Positioning", _) when namesColor => PromptCategory.Color,
            (_, "Outdoor Scenes" or "Indoor Scenes") => PromptCategory.Background,
            _ => PromptCategory.Object,
        };
    }

    int? Number(int line, string column, string? value) => value is null ? null
        : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
        : throw new FileFormatException($"{path}:{line}", $"the column '{column}' has '{value}'; expected a whole number.");
}
