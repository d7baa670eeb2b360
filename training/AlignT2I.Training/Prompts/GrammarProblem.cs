namespace AlignT2I.Training.Prompts;

/// <summary>What would make a grammar's prompts ambiguous or too few.</summary>
internal static class GrammarProblem
{
    const int MostWords = 10_000;

    /// <summary>What is wrong, and what to change; null where nothing is.</summary>
    public static string? Of(Grammar grammar)
    {
        string[] nouns = [.. grammar.Objects.SelectMany(o => new[] { o.Name, o.PluralWord }.Distinct())];
        string[] phrases = [.. grammar.Backgrounds.Select(b => b.Phrase)];
        (string List, IReadOnlyList<string> Values)[] lists =
        [
            ("counts", grammar.Counts), ("colors", grammar.Colors), ("objects", nouns), ("backgrounds", phrases),
            ("names of backgrounds", [.. grammar.Backgrounds.Select(b => b.Name)]),
        ];
        foreach ((string list, IReadOnlyList<string> values) in lists)
        {
            if (values.Count is 0 or > MostWords)
                return $"it has {values.Count} {list}; expected 1 to {MostWords}.";
            if (values.FirstOrDefault(v => !IsPhrase(v)) is { } bad)
                return $"'{bad}' among the {list} is not lower-case words with one space between them.";
            if (values.GroupBy(v => v).FirstOrDefault(g => g.Count() > 1) is { } twice)
                return $"'{twice.Key}' occurs twice among the {list}; each needs words of its own.";
        }
        if (grammar.Colors.Concat(grammar.Counts).Intersect(nouns).FirstOrDefault() is { } two)
            return $"'{two}' is an object and a colour or count; a prompt that says it could not be read. Name one of them otherwise.";
        if (grammar.Objects.FirstOrDefault(o => o.Article is not (null or "a" or "an")) is { } wrong)
            return $"the article of '{wrong.Name}' is '{wrong.Article}'; expected a or an.";
        return OfSizes(grammar);
    }

    static string? OfSizes(Grammar grammar)
    {
        if (grammar.EvaluationPerCategory < 1)
            return $"'evaluationPerCategory' is {grammar.EvaluationPerCategory}; expected 1 or more.";
        foreach ((PromptCategory category, GrammarShare share) in grammar.Training.All)
        {
            string name = category.ToString().ToLowerInvariant();
            if (share.Prompts < 1 || share.Images < share.Prompts)
            {
                return $"'training.{name}' has {share.Prompts} prompts and {share.Images} images; "
                    + "expected 1 prompt or more, and an image for each.";
            }
            int wanted = grammar.EvaluationPerCategory;
            int seen = grammar.Enumerate(category, grammar.SeenObjects, PromptSplit.Seen).Take(wanted + 1).Count();
            int unseen = grammar.Enumerate(category, grammar.UnseenObjects, PromptSplit.Unseen).Take(wanted).Count();
            if (seen <= wanted || unseen < wanted)
            {
                return $"the words make {seen} {name} prompts about seen objects and {unseen} about unseen ones, too few for "
                    + $"{wanted} evaluation prompts of each and training; add words, or mark other objects \"unseen\": true.";
            }
        }
        return null;
    }

    static bool IsPhrase(string phrase) =>
        phrase.Split(' ').All(word => word.Length > 0 && word.All(c => char.IsAsciiLetterLower(c) || c is '-' or '\''));
}
