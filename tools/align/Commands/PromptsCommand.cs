using System.CommandLine;
using AlignT2I.CommandLine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Training.Demo;
using AlignT2I.Training.Generation;
using AlignT2I.Training.Prompts;
using AlignT2I.Training.Runs;

namespace AlignT2I.Align.Commands;

/// <summary><c>align prompts</c>: the prompts of an experiment, by a grammar or from files.</summary>
internal static class PromptsCommand
{
    static readonly Option<DirectoryInfo> run = CommandOptions.Run("run folder; prompts.jsonl and grammar.json are written into it");
    static readonly Option<DirectoryInfo?> model = CommandOptions.Model();
    static readonly Option<ulong> seed = CommandOptions.Seed("decides which prompts");
    static readonly Option<bool> json = CommandOptions.Json();

    static readonly Option<string?> grammar = new("--grammar")
    {
        Description = "everyday, miniature, or a JSON file like a run's grammar.json "
            + "[default: that of the model, everyday for all but the miniature]",
    };

    static readonly Option<int?> count = new("--count")
    {
        Description = "prompts for feedback [default: the grammar's, everyday 2700, miniature 160]",
    };

    static readonly Option<int?> evaluation = new("--evaluation")
    {
        Description = "evaluation prompts about seen objects, and as many about unseen ones: a multiple of 4 up to 60 "
            + "[default: 60, miniature 24]",
    };

    static readonly Option<FileInfo[]> import = new("--import")
    {
        Description = "take the prompts of a file instead: text, .csv, .tsv as PartiPrompts, .jsonl as GenEval; "
            + "may be given several times",
    };

    static readonly Option<PromptSplit?> split = new("--split")
    {
        Description = "what imported prompts are for, where their file does not say [default: train]",
        HelpName = "train|seen|unseen|pretrain",
    };

    public static Command Create()
    {
        string description = CommandOptions.WithExample(
            "Write the prompts of an experiment: count, color, background and combinations of them (Lee et al. 2023, section 3.1), "
                + "for feedback and for evaluation on seen and unseen objects.",
            "align prompts --run runs/a --count 64");
        var command = new Command("prompts", description) { run, model, grammar, count, evaluation, import, split, seed, json };
        command.SetAction(parse =>
        {
            string name = parse.GetValue(grammar) ?? GrammarOf(parse.ModelFolder(model));
            Grammar words = GrammarFile.Read(name);
            int? evaluationPerSet = parse.GetValue(evaluation) ?? EvaluationOf(name);
            IReadOnlyList<Prompt> prompts = parse.GetValue(import) is { Length: > 0 } files
                ? Import(parse, files, words)
                : RunPrompts.Create(words, parse.GetRequiredValue(seed), parse.GetValue(count), evaluationPerSet);
            (string file, string grammarFile) = Write(parse.GetRequiredValue(run).ToString(), prompts, words);
            int train = prompts.Count(p => p.Split == PromptSplit.Train);
            var report = new Report(parse.GetValue(json));
            bool statesImages = prompts.Any(p => p.Images is not null);     // where none does, 'align generate' decides
            report.Table(
                "Prompts", ["category", "feedback", .. statesImages ? ["images"] : Array.Empty<string>(), "seen", "unseen"],
                prompts.GroupBy(p => p.Category).OrderBy(g => g.Key).Select(g => (IReadOnlyList<string>)
                [
                    g.Key.ToString().ToLowerInvariant(), $"{g.Count(p => p.Split == PromptSplit.Train)}",
                    .. statesImages ? [$"{g.Sum(p => p.Images)}"] : Array.Empty<string>(),
                    $"{g.Count(p => p.Split == PromptSplit.Seen)}", $"{g.Count(p => p.Split == PromptSplit.Unseen)}",
                ]));
            report.Result(
                $"{train} prompts for feedback and {prompts.Count - train} for evaluation are in {file}, their words in {grammarFile}.",
                ("prompts", file), ("grammar", grammarFile), ("train", train), ("evaluation", prompts.Count - train));
            return 0;
        });
        return command;
    }

    /// <summary>Writes the prompts of an experiment into a run folder, by the grammar of a model.</summary>
    /// <param name="path">The run folder.</param>
    /// <param name="modelFolder">The model that is to draw them.</param>
    /// <param name="seed">Decides which.</param>
    /// <param name="count">Prompts for feedback.</param>
    public static void Write(string path, string modelFolder, ulong seed, int count)
    {
        string name = GrammarOf(modelFolder);
        Grammar words = GrammarFile.Read(name);
        Write(path, RunPrompts.Create(words, seed, count, EvaluationOf(name)), words);
    }

    static (string PromptsFile, string GrammarFile) Write(string path, IReadOnlyList<Prompt> prompts, Grammar words)
    {
        using RunFolder folder = RunFolder.Open(path);
        RunPrompts.Write(folder, prompts, words);
        return (folder.PromptsFile, folder.GrammarFile);
    }

    static int? EvaluationOf(string grammarName) => grammarName == "miniature" ? new ExperimentOptions().EvaluationPromptsPerSet : null;

    static string GrammarOf(string modelFolder) =>
        PromptReader.IsMiniature(modelFolder) ? "miniature" : "everyday";

    static IReadOnlyList<Prompt> Import(ParseResult parse, FileInfo[] files, Grammar words)
    {
        if (parse.GetValue(count) is not null || parse.GetValue(evaluation) is not null)
        {
            throw new UsageException(
                "prompts: --count and --evaluation choose among a grammar's prompts; all of --import are taken. Leave them out.");
        }
        Prompt[] prompts = [.. files.SelectMany(f => RunPrompts.Import(f.ToString(), parse.GetValue(split) ?? PromptSplit.Train, words))];
        Dictionary<string, int> used = [];
        return [.. prompts.Select(p => p with { Id = PromptId.Distinct(p.Id, used) })];
    }
}
