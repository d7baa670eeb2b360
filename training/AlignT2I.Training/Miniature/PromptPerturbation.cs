namespace AlignT2I.Training.Miniature;

/// <summary>Makes wrong prompts from a right one by rule, for the prompt classification of the reward's loss.</summary>
/// <remarks>Lee et al. 2023, section 3.2, eq. 2: count, colour, background or object is replaced by another value.</remarks>
public static class PromptPerturbation
{
    /// <summary>Prompts that differ from the given one in an attribute that it states.</summary>
    /// <remarks>One attribute is changed, each in turn, the object being one of them; several only when every such prompt is taken.
    /// A prompt about a seen object changes to seen objects only: feedback never speaks of the unseen ones.</remarks>
    /// <param name="prompt">The prompt that the picture was made for.</param>
    /// <param name="count">How many; they are distinct.</param>
    /// <param name="seed">Decides which.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many different prompts.</exception>
    public static IReadOnlyList<ScenePrompt> Create(ScenePrompt prompt, int count, ulong seed)
    {
        var random = new WorldRandom(seed, index: 4);
        (ScenePrompt Prompt, int Changes, int Attribute)[] all = [.. Alternatives(prompt)];
        if (count < 0 || count > all.Length)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"'{prompt.Text}' can be changed in {all.Length} ways");
        random.Shuffle<(ScenePrompt, int, int)>(all);

        int first = random.NextInt(4);      // the attribute whose turn it is first
        IEnumerable<ScenePrompt> single = all.Where(a => a.Changes == 1)
            .GroupBy(a => (a.Attribute + first) % 4)
            .SelectMany(g => g.Select((a, turn) => (a.Prompt, turn, g.Key)))
            .OrderBy(a => a.turn).ThenBy(a => a.Key)
            .Select(a => a.Prompt);
        IEnumerable<ScenePrompt> several = all.Where(a => a.Changes > 1).OrderBy(a => a.Changes).Select(a => a.Prompt);
        return [.. single.Concat(several).Take(count)];
    }

    /// <summary>Every other prompt that states the same attributes, how many of them differ, and the last one that does.</summary>
    static IEnumerable<(ScenePrompt Prompt, int Changes, int Attribute)> Alternatives(ScenePrompt prompt)
    {
        IReadOnlyList<WorldObject> objects =
            PromptSets.UnseenObjects.Contains(prompt.Object) ? WorldWords.Objects : PromptSets.SeenObjects;
        int?[] counts = prompt.Count is null ? [null] : [.. WorldWords.Counts];
        WorldColor?[] colors = prompt.Color is null ? [null] : [.. WorldWords.Colors];
        WorldBackground?[] backgrounds = prompt.Background is null ? [null] : [.. WorldWords.Backgrounds];
        foreach (WorldObject worldObject in objects)
        {
            foreach (int? count in counts)
            {
                foreach (WorldColor? color in colors)
                {
                    foreach (WorldBackground? background in backgrounds)
                    {
                        bool[] changed =
                            [worldObject != prompt.Object, count != prompt.Count, color != prompt.Color, background != prompt.Background];
                        ScenePrompt other = PromptGrammar.Create(worldObject, count, color, background, prompt.Split);
                        int changes = changed.Count(c => c);
                        if (changes > 0)
                            yield return (other, changes, Array.LastIndexOf(changed, true));
                    }
                }
            }
        }
    }
}
