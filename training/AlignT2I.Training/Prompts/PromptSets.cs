using AlignT2I.Files;
using AlignT2I.Training.Miniature;

namespace AlignT2I.Training.Prompts;

/// <summary>The prompts of one experiment: those that feedback is collected for, and two sets for evaluation, all different.</summary>
/// <param name="Train">Prompts about seen objects, the categories in the grammar's proportions as far as they go.</param>
/// <param name="Seen">Prompts about seen objects, as many of each category, none in <paramref name="Train"/>.</param>
/// <param name="Unseen">Prompts about unseen objects, as many of each category.</param>
public sealed record PromptSets(IReadOnlyList<Prompt> Train, IReadOnlyList<Prompt> Seen, IReadOnlyList<Prompt> Unseen)
{
    /// <summary>All of them, in the order of prompts.jsonl.</summary>
    public IReadOnlyList<Prompt> All => [.. Train, .. Seen, .. Unseen];

    /// <summary>Draws the three sets.</summary>
    /// <param name="grammar">What prompts are made of.</param>
    /// <param name="seed">Decides the sets; the same seed gives the same evaluation sets whatever <paramref name="trainCount"/>.</param>
    /// <param name="trainCount">Number of feedback prompts; null takes the grammar's. A category that runs out leaves
    /// its places to the others.</param>
    /// <exception cref="UsageException">There are not so many prompts, or less than one is asked for.</exception>
    public static PromptSets Create(Grammar grammar, ulong seed, int? trainCount = null)
    {
        var random = new WorldRandom(seed, index: 1);
        List<Prompt> train = [], seen = [], unseen = [];
        List<(GrammarShare Share, Queue<Prompt> Left)> categories = [];
        foreach ((PromptCategory category, GrammarShare share) in grammar.Training.All)
        {
            Prompt[] prompts = Shuffled(grammar, category, grammar.SeenObjects, PromptSplit.Seen, ref random);
            seen.AddRange(prompts.Take(grammar.EvaluationPerCategory));
            categories.Add((share, new Queue<Prompt>(prompts.Skip(grammar.EvaluationPerCategory))));
            Prompt[] others = Shuffled(grammar, category, grammar.UnseenObjects, PromptSplit.Unseen, ref random);
            unseen.AddRange(others.Take(grammar.EvaluationPerCategory));
        }

        int wanted = trainCount ?? grammar.Training.All.Sum(c => c.Share.Prompts), available = categories.Sum(c => c.Left.Count);
        if (wanted < 1 || wanted > available)
        {
            throw new UsageException(
                $"prompts: {wanted} prompts for feedback are not to be had; the grammar gives 1 to {available} besides the evaluation's.");
        }
        int[] taken = new int[categories.Count];
        while (train.Count < wanted)
        {
            int next = Enumerable.Range(0, categories.Count).Where(i => categories[i].Left.Count > 0)
                .MinBy(i => (taken[i] + 1.0) / categories[i].Share.Prompts);        // D'Hondt: the whole set has the shares exactly
            int? images = categories[next].Share.ImagesOf(taken[next]++);
            train.Add(categories[next].Left.Dequeue() with { Split = PromptSplit.Train, Images = images });
        }
        return new PromptSets(train, seen, unseen);
    }

    /// <summary>A category's prompts in random order; combinations have three and two attributes in turn.</summary>
    static Prompt[] Shuffled(
        Grammar grammar, PromptCategory category, IEnumerable<GrammarObject> objects, PromptSplit split, ref WorldRandom random)
    {
        Prompt[] all = [.. grammar.Enumerate(category, objects, split)];
        random.Shuffle<Prompt>(all);
        if (category != PromptCategory.Combination)
            return all;
        ILookup<bool, Prompt> three = all.ToLookup(p => p is { Count: not null, Color: not null, Background: not null });
        return [.. three[false].Zip(three[true]).SelectMany<(Prompt Two, Prompt Three), Prompt>(p => [p.Three, p.Two])];
    }
}
