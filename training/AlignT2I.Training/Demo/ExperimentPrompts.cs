using AlignT2I.Files;
using AlignT2I.Training.Miniature;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Demo;

/// <summary>The prompts of an experiment on the miniature: those that get feedback, and those that models are evaluated on.</summary>
public static class ExperimentPrompts
{
    /// <summary>Draws the prompts, the categories in equal parts.</summary>
    /// <param name="seed">Decides which.</param>
    /// <param name="trainCount">Prompts for feedback.</param>
    /// <param name="evaluationPerSet">Evaluation prompts about seen objects, and as many about unseen ones; a multiple of 4, at most 60.</param>
    /// <exception cref="UsageException">There are not so many prompts.</exception>
    public static IReadOnlyList<ScenePrompt> Create(ulong seed, int trainCount, int evaluationPerSet)
    {
        if (evaluationPerSet is < 4 or > 60 || evaluationPerSet % 4 != 0)
            throw new UsageException($"prompts: {evaluationPerSet} evaluation prompts of each set; expected a multiple of 4 up to 60.");
        try
        {
            PromptSets sets = PromptSets.Create(seed, trainCount);
            return [.. sets.Train, .. PerCategory(sets.Seen, evaluationPerSet / 4), .. PerCategory(sets.Unseen, evaluationPerSet / 4)];
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new UsageException($"prompts: {trainCount} prompts for feedback are not to be had; {e.Message.Split('(')[0].Trim()}.", e);
        }
    }

    /// <summary>Writes prompts.jsonl of a run, which afterwards stays as it is.</summary>
    /// <exception cref="UsageException">The run has other prompts already.</exception>
    public static void Write(RunFolder run, IReadOnlyList<ScenePrompt> prompts)
    {
        if (!File.Exists(run.PromptsFile))
            PromptFile.Write(run.PromptsFile, prompts);
        else if (!PromptFile.Read(run.PromptsFile).SequenceEqual(prompts))
            throw new UsageException($"{run.PromptsFile}: the run has other prompts already; choose another run folder, or the same options as before.");
    }

    static IEnumerable<ScenePrompt> PerCategory(IEnumerable<ScenePrompt> prompts, int count) =>
        prompts.GroupBy(p => p.Category).SelectMany(g => g.Take(count));
}
