using AlignT2I.Files;
using AlignT2I.Training.Miniature;

namespace AlignT2I.Training.Prompts;

/// <summary>Makes wrong prompts from a right one by rule, for the prompt classification of the reward's loss.</summary>
/// <remarks>Lee et al. 2023, section 3.2, eq. 2: count, colour, background or object is replaced by another value of the grammar.
/// A prompt that the grammar does not write, an imported one, is told from other prompts of the run, of its category first.</remarks>
/// <param name="grammar">The run's grammar; null where it has none.</param>
/// <param name="prompts">The run's prompts.</param>
public sealed class PromptPerturbation(Grammar? grammar, IReadOnlyList<Prompt> prompts)
{
    const int Attributes = 4;

    /// <summary>Prompts that the given one is to be told from.</summary>
    /// <remarks>By the grammar one stated attribute is changed, each in turn, the object being one of them; several only when every such
    /// prompt is taken. A prompt about a seen object changes to seen objects only: feedback never speaks of the unseen ones.</remarks>
    /// <param name="prompt">The prompt that the picture was made for.</param>
    /// <param name="count">How many; they are distinct.</param>
    /// <param name="seed">Decides which.</param>
    /// <exception cref="UsageException">There are not so many different prompts.</exception>
    public IReadOnlyList<string> Create(Prompt prompt, int count, ulong seed)
    {
        var random = new WorldRandom(seed, index: 4);
        string[] texts = grammar is not null && grammar.TryParse(prompt.Text, out Prompt? parsed, out _)
            ? [.. ByRule(grammar, parsed, random).Take(count)] : [.. Others(prompt, random).Take(count)];
        return texts.Length == count
            ? texts
            : throw new UsageException(
                $"train-reward: '{prompt.Text}' can be changed in {texts.Length} ways only, {count} are wanted; ask for fewer.");
    }

    static IEnumerable<string> ByRule(Grammar grammar, Prompt prompt, WorldRandom random)
    {
        Alternative[] all = [.. Alternatives(grammar, prompt)];
        random.Shuffle<Alternative>(all);
        int first = random.NextInt(Attributes);      // the attribute whose turn it is first
        IEnumerable<Alternative> single = all.Where(a => a.Changes == 1)
            .GroupBy(a => (a.Attribute + first) % Attributes)
            .SelectMany(g => g.Select((a, turn) => (a, turn, g.Key)))
            .OrderBy(a => a.turn).ThenBy(a => a.Key)
            .Select(a => a.a);
        IEnumerable<Alternative> several = all.Where(a => a.Changes > 1).OrderBy(a => a.Changes);
        return single.Concat(several).Select(a => grammar.Create(a.Thing, a.Count, a.Color, a.Background, prompt.Split).Text);
    }

    IEnumerable<string> Others(Prompt prompt, WorldRandom random)
    {
        Prompt[] others = [.. prompts.Where(p => p.Text != prompt.Text && p.Split == prompt.Split).DistinctBy(p => p.Text)];
        random.Shuffle<Prompt>(others);
        return others.OrderBy(p => p.Category != prompt.Category).Select(p => p.Text);
    }

    /// <summary>Every other prompt that states the same attributes.</summary>
    static IEnumerable<Alternative> Alternatives(Grammar grammar, Prompt prompt)
    {
        IEnumerable<GrammarObject> objects = prompt.Split == PromptSplit.Unseen ? grammar.Objects : grammar.SeenObjects;
        int?[] counts = prompt.Count is null ? [null] : [.. Enumerable.Range(1, grammar.Counts.Count)];
        string?[] colors = prompt.Color is null ? [null] : [.. grammar.Colors];
        GrammarBackground?[] backgrounds = prompt.Background is null ? [null] : [.. grammar.Backgrounds];
        foreach (GrammarObject thing in objects)
        {
            foreach (int? count in counts)
            {
                foreach (string? color in colors)
                {
                    foreach (GrammarBackground? background in backgrounds)
                    {
                        ReadOnlySpan<bool> changed =
                        [
                            thing.Name != prompt.Object, count != prompt.Count, color != prompt.Color,
                            background?.Name != prompt.Background,
                        ];
                        if (changed.Contains(true))
                            yield return new Alternative(thing, count, color, background, changed.Count(true), changed.LastIndexOf(true));
                    }
                }
            }
        }
    }

    /// <summary>A changed prompt, how many attributes of it differ, and the last one that does.</summary>
    readonly record struct Alternative(
        GrammarObject Thing, int? Count, string? Color, GrammarBackground? Background, int Changes, int Attribute);
}
