using System.Diagnostics.CodeAnalysis;

namespace AlignT2I.Training.Prompts;

/// <summary>Reads what a grammar writes: the parts in their order, the longest that fits at each place.</summary>
internal sealed class GrammarParser(Grammar grammar)
{
    string[] words = [];
    int at;

    public bool TryParse(string text, [NotNullWhen(true)] out Prompt? prompt, [NotNullWhen(false)] out string? error)
    {
        prompt = null;
        words = text.Trim().TrimEnd('.').ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        at = 0;
        if (words.FirstOrDefault(w => !grammar.Words.Contains(w)) is string unknown)
        {
            error = $"'{text}': there is no word '{unknown}' in the grammar of these prompts; "
                + $"it knows {string.Join(", ", grammar.Words)}.";
            return false;
        }

        int? count = null;
        if (at < words.Length && words[at] is "a" or "an")
            at++;
        else if (Take(Enumerable.Range(1, grammar.Counts.Count), c => [grammar.Counts[c - 1]]) is > 0 and int number)
            count = number;
        string? color = Take(grammar.Colors, c => [c]);
        GrammarObject? thing = Take(grammar.Objects, o => [o.Name, o.PluralWord]);
        if (thing is null)
        {
            string found = at < words.Length ? $"'{words[at]}'" : "the end";
            error = $"'{text}': expected an object ({string.Join(", ", grammar.Objects.Select(o => o.Name))}), found {found}; {Example}.";
            return false;
        }

        string rest = string.Join(' ', words[at..]), last = words[at - 1];
        GrammarBackground? background = grammar.Backgrounds.FirstOrDefault(b => b.Phrase == rest);
        if (rest.Length > 0 && background is null)
        {
            string phrases = string.Join(", ", grammar.Backgrounds.Select(b => b.Phrase));
            error = $"'{text}': expected a background ({phrases}) or nothing after '{last}', found '{rest}'; {Example}.";
            return false;
        }
        prompt = grammar.Create(thing, count, color, background, thing.Unseen ? PromptSplit.Unseen : PromptSplit.Seen);
        error = null;
        return true;
    }

    string Example => $"write for example '{grammar.Create(
        grammar.Objects[0], Math.Min(3, grammar.Counts.Count), grammar.Colors[0], grammar.Backgrounds[0], PromptSplit.Seen).Text}'";

    /// <summary>The value whose words come next, the longest if there are several; they are passed over.</summary>
    T? Take<T>(IEnumerable<T> values, Func<T, string[]> phrases)
    {
        (T? Value, int Length) best = (default, 0);
        foreach (T value in values)
        {
            foreach (string phrase in phrases(value))
            {
                string[] parts = phrase.Split(' ');
                if (parts.Length > best.Length && words.AsSpan(at).StartsWith(parts))
                    best = (value, parts.Length);
            }
        }
        at += best.Length;
        return best.Value;
    }
}
