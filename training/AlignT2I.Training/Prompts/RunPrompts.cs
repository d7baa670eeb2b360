using AlignT2I.Files;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Prompts;

/// <summary>The prompts of a run folder and the grammar that they are of: prompts.jsonl and grammar.json.</summary>
public static class RunPrompts
{
    /// <summary>Draws the prompts of a run: those that get feedback, and those that models are evaluated on.</summary>
    /// <param name="grammar">What prompts are made of.</param>
    /// <param name="seed">Decides which.</param>
    /// <param name="trainCount">Prompts for feedback; null takes the grammar's number.</param>
    /// <param name="evaluationPerSet">Evaluation prompts about seen objects, and as many about unseen ones, a multiple of 4;
    /// null takes the grammar's.</param>
    /// <exception cref="UsageException">There are not so many prompts.</exception>
    public static IReadOnlyList<Prompt> Create(Grammar grammar, ulong seed, int? trainCount, int? evaluationPerSet)
    {
        int categories = grammar.Training.All.Count, most = categories * grammar.EvaluationPerCategory, perSet = evaluationPerSet ?? most;
        if (perSet < categories || perSet > most || perSet % categories != 0)
        {
            throw new UsageException(
                $"prompts: {perSet} evaluation prompts of each set; expected a multiple of {categories} up to {most}.");
        }
        PromptSets sets = PromptSets.Create(grammar, seed, trainCount);
        return [.. sets.Train, .. PerCategory(sets.Seen, perSet / categories), .. PerCategory(sets.Unseen, perSet / categories)];
    }

    /// <summary>Prompts from a file of others. What a text states in the grammar's words is known of it,
    /// even where the file does not say.</summary>
    /// <param name="path">The file: see <see cref="PromptImport"/>.</param>
    /// <param name="split">The set that its prompts belong to, where it does not say.</param>
    /// <param name="grammar">The run's grammar.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It holds no prompt, or a line that is none; file and line are in the message.</exception>
    public static IReadOnlyList<Prompt> Import(string path, PromptSplit split, Grammar grammar) =>
    [
        .. PromptImport.Read(path, split).Select(p =>
            p.Category == PromptCategory.Object && grammar.TryParse(p.Text, out Prompt? parsed, out _)
                ? parsed with { Id = p.Id, Text = p.Text, Split = p.Split, Images = p.Images }
                : p),
    ];

    /// <summary>Writes a run's prompts, which afterwards stay as they are.</summary>
    /// <param name="run">The run folder.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="grammar">What they are of, and by which they are perturbed.</param>
    /// <exception cref="UsageException">The run has other prompts already.</exception>
    /// <exception cref="StorageException">The folder cannot be written.</exception>
    public static void Write(RunFolder run, IReadOnlyList<Prompt> prompts, Grammar grammar)
    {
        if (!File.Exists(run.PromptsFile))
        {
            GrammarFile.Write(run.GrammarFile, grammar);
            PromptFile.Write(run.PromptsFile, prompts);
        }
        else if (!Read(run).SequenceEqual(prompts))
        {
            throw new UsageException(
                $"{run.PromptsFile}: the run has other prompts already; choose another run folder, or the same options as before.");
        }
    }

    /// <summary>Reads a run's prompts.</summary>
    /// <exception cref="UsageException">There are none.</exception>
    /// <exception cref="FileFormatException">A line is no prompt, or its attributes are not what its text
    /// says in the run's grammar.</exception>
    public static IReadOnlyList<Prompt> Read(RunFolder run) => PromptFile.Read(run.PromptsFile, GrammarOf(run));

    /// <summary>The run's grammar; null where it has none, as with prompts from elsewhere.</summary>
    /// <exception cref="FileFormatException">It is damaged.</exception>
    public static Grammar? GrammarOf(RunFolder run) => File.Exists(run.GrammarFile) ? GrammarFile.Read(run.GrammarFile) : null;

    static IEnumerable<Prompt> PerCategory(IEnumerable<Prompt> prompts, int count) =>
        prompts.GroupBy(p => p.Category).SelectMany(g => g.Take(count));
}
