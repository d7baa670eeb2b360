namespace AlignT2I.Training.Miniature;

/// <summary>The prompts of one experiment: those that feedback is collected for, and two sets for evaluation, all different.</summary>
/// <remarks>Lee et al. 2023, section 3.1: the evaluation has prompts about objects that feedback has seen, and about others.</remarks>
/// <param name="Train">Prompts for feedback, about seen objects, round-robin over the categories.</param>
/// <param name="Seen">60 prompts about seen objects, 15 of each category, none in <paramref name="Train"/>.</param>
/// <param name="Unseen">60 prompts about unseen objects, 15 of each category.</param>
public sealed record PromptSets(
    IReadOnlyList<ScenePrompt> Train, IReadOnlyList<ScenePrompt> Seen, IReadOnlyList<ScenePrompt> Unseen)
{
    const int EvaluationPerCategory = 15;

    static readonly PromptCategory[] categories =
        [PromptCategory.Count, PromptCategory.Color, PromptCategory.Background, PromptCategory.Combination];

    /// <summary>The objects that occur in pre-training but in no feedback: three, for 15 prompts that state only a count.</summary>
    public static IReadOnlyList<WorldObject> UnseenObjects { get; } = [WorldObject.Heart, WorldObject.Diamond, WorldObject.Arrow];

    /// <summary>The objects that feedback prompts speak of.</summary>
    public static IReadOnlyList<WorldObject> SeenObjects { get; } = [.. WorldWords.Objects.Except(UnseenObjects)];

    /// <summary>Draws the three sets.</summary>
    /// <param name="seed">Decides the sets; the same seed gives the same evaluation sets whatever <paramref name="trainCount"/>.</param>
    /// <param name="trainCount">Number of feedback prompts. A category that runs out (20 for count, 41 for colour,
    /// 27 for background) leaves its places to the others.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many prompts, or less than one is asked for.</exception>
    public static PromptSets Create(ulong seed, int trainCount)
    {
        var random = new WorldRandom(seed, index: 1);
        List<ScenePrompt> train = [], seen = [], unseen = [];
        List<Queue<ScenePrompt>> rest = [];
        foreach (PromptCategory category in categories)
        {
            ScenePrompt[] prompts = Shuffled(category, SeenObjects, PromptSplit.Seen, ref random);
            seen.AddRange(prompts.Take(EvaluationPerCategory));
            rest.Add(new Queue<ScenePrompt>(prompts.Skip(EvaluationPerCategory)));
            unseen.AddRange(Shuffled(category, UnseenObjects, PromptSplit.Unseen, ref random).Take(EvaluationPerCategory));
        }

        int available = rest.Sum(q => q.Count);
        if (trainCount < 1 || trainCount > available)
            throw new ArgumentOutOfRangeException(nameof(trainCount), trainCount, $"choose 1 to {available} training prompts");
        for (int i = 0; train.Count < trainCount; i = (i + 1) % rest.Count)
        {
            if (rest[i].TryDequeue(out ScenePrompt? prompt))
                train.Add(prompt with { Split = PromptSplit.Train });
        }
        return new PromptSets(train, seen, unseen);
    }

    /// <summary>A category's prompts in random order; combinations have three and two attributes in turn.</summary>
    static ScenePrompt[] Shuffled(
        PromptCategory category, IReadOnlyList<WorldObject> objects, PromptSplit split, ref WorldRandom random)
    {
        ScenePrompt[] all = [.. PromptGrammar.Enumerate(category, objects, split)];
        random.Shuffle<ScenePrompt>(all);
        if (category != PromptCategory.Combination)
            return all;
        ScenePrompt[] three = [.. all.Where(p => p is { Count: not null, Color: not null, Background: not null })];
        ScenePrompt[] two = [.. all.Except(three)];
        return [.. two.Zip(three).SelectMany<(ScenePrompt Two, ScenePrompt Three), ScenePrompt>(p => [p.Three, p.Two])];
    }
}
