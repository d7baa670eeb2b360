using System.CommandLine;
using AlignT2I.CommandLine;
using AlignT2I.Training.Demo;
using AlignT2I.Training.Miniature;
using AlignT2I.Training.Runs;

namespace AlignT2I.Align.Commands;

/// <summary><c>align prompts</c>: the prompts of an experiment on the miniature.</summary>
internal static class PromptsCommand
{
    static readonly ExperimentOptions defaults = new();

    static readonly Option<DirectoryInfo> run = CommandOptions.Run("run folder; prompts.jsonl is written into it");
    static readonly Option<ulong> seed = CommandOptions.Seed("decides which prompts");
    static readonly Option<bool> json = CommandOptions.Json();

    static readonly Option<int> count = new("--count") { Description = "prompts for feedback", DefaultValueFactory = _ => defaults.TrainingPrompts };

    static readonly Option<int> evaluation = new("--evaluation")
    {
        Description = "evaluation prompts about seen objects, and as many about unseen ones: a multiple of 4 up to 60",
        DefaultValueFactory = _ => defaults.EvaluationPromptsPerSet,
    };

    public static Command Create()
    {
        string description = CommandOptions.WithExample(
            "Write the prompts of an experiment on the miniature: count, color, background and combination in equal parts.",
            "align prompts --run runs/a --count 64");
        var command = new Command("prompts", description) { run, count, evaluation, seed, json };
        command.SetAction(parse =>
        {
            (int train, int others, string file) = Write(
                parse.GetRequiredValue(run).ToString(), parse.GetRequiredValue(seed), parse.GetRequiredValue(count), parse.GetRequiredValue(evaluation));
            new Report(parse.GetValue(json)).Result(
                $"{train} prompts for feedback and {others} for evaluation are in {file}.",
                ("prompts", file), ("train", train), ("evaluation", others));
            return 0;
        });
        return command;
    }

    /// <summary>Writes the prompts of an experiment into a run folder.</summary>
    /// <param name="count">Prompts for feedback.</param>
    /// <param name="evaluationPerSet">Evaluation prompts about seen objects, and as many about unseen ones; null for the usual number.</param>
    public static (int Train, int Evaluation, string File) Write(string path, ulong seed, int count, int? evaluationPerSet = null)
    {
        IReadOnlyList<ScenePrompt> prompts = ExperimentPrompts.Create(seed, count, evaluationPerSet ?? defaults.EvaluationPromptsPerSet);
        using RunFolder folder = RunFolder.Open(path);
        ExperimentPrompts.Write(folder, prompts);
        int train = prompts.Count(p => p.Split == PromptSplit.Train);
        return (train, prompts.Count - train, folder.PromptsFile);
    }
}
