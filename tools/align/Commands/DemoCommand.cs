using System.CommandLine;
using AlignT2I.CommandLine;
using AlignT2I.Engine;
using AlignT2I.Training;
using AlignT2I.Training.Demo;
using AlignT2I.Training.Reports;
using AlignT2I.Training.Runs;

namespace AlignT2I.Align.Commands;

/// <summary><c>align demo</c>: the whole paper in miniature.</summary>
internal static class DemoCommand
{
    static readonly Option<DirectoryInfo?> output = new("--output", "--run")
    {
        Description = "run folder; a demo that was interrupted goes on there [default: align-demo/seed-N]",
    };

    static readonly Option<DirectoryInfo?> model = CommandOptions.Model();
    static readonly Option<FileInfo?> config = CommandOptions.Config();
    static readonly Option<ulong> seed = CommandOptions.Seed("decides everything random");
    static readonly Option<string> device = CommandOptions.Device();
    static readonly Option<string?> dtype = CommandOptions.ComputeType();
    static readonly Option<bool> json = CommandOptions.Json();

    static readonly Option<bool> ablations = new("--ablations")
    {
        Description = "add the other two mixes of fine-tuning, and the rewards on half the labels (Fig. 4b)",
    };

    public static Command Create()
    {
        string description = CommandOptions.WithExample(
            "Run all three stages of the paper on the miniature in minutes: draw images, label them with a simulated rater, learn the "
            + "reward, fine-tune the model, evaluate, write a report.",
            "align demo --seed 1");
        var command = new Command("demo", description) { output, seed, ablations, model, config, device, dtype, json };
        command.SetAction(Start);
        return command;
    }

    static int Start(ParseResult parse)
    {
        ExperimentOptions file = OptionsFile.ReadExperiment(parse.GetValue(config)?.ToString(), new());
        ExperimentOptions options = file with { Seed = parse.Or(seed, file.Seed), Ablations = parse.Or(ablations, file.Ablations) };
        Backend backend = parse.Backend(device);
        DType type = parse.ComputeType(dtype, backend);
        if (parse.GetValue(dtype) is not null || backend != Backend.Cpu)
            options = options with { Finetune = options.Finetune with { Dtype = type.Name } };
        options.Validate();
        string modelFolder = parse.ModelFolder(model);
        string path = parse.GetValue(output)?.ToString() ?? Path.Combine("align-demo", $"seed-{options.Seed}");
        var report = new Report(parse.GetValue(json));
        using RunFolder folder = RunFolder.Open(path);
        Plan(report, options, path);
        var experiment = new MiniatureExperiment(folder, modelFolder, options, backend, type);
        ExperimentResult result = ProgressDisplay.Run(experiment.Run, report.Out);
        string ablated = options.Ablations ? " --ablations" : "";
        string command = $"dotnet run -c Release --project tools/align -- demo --seed {options.Seed}{ablated}";
        ExperimentOutput.Write(report, folder, result, ReportSettings.Of(options), parse.GetValue(config) is null ? command : null);
        return 0;
    }

    static void Plan(Report report, ExperimentOptions options, string path)
    {
        int models = options.Ablations ? 3 : 1, prompts = 2 * options.EvaluationPromptsPerSet;
        int labelled = options.TrainingPrompts * options.LabelledImagesPerPrompt;
        int unlabelled = options.TrainingPrompts * options.UnlabelledImagesPerPrompt;
        report.Plan("The paper in miniature; the rater is simulated, no person is asked",
            ("1 collect feedback", $"{options.TrainingPrompts} prompts, {labelled} images labelled and {unlabelled} not"),
            ("2 learn reward", $"{(options.Ablations ? 4 : 2)} rewards, at most {options.Reward.MaxEpochs} passes over the labels"),
            ("3 update model", $"{models} x {options.Finetune.Steps} updates of {options.Finetune.BatchSize} images of the model "
                + $"and {options.Finetune.PretrainingBatchSize} of pre-training"),
            ("evaluate", $"{prompts} prompts, {prompts * (options.RejectionSamples + models * options.EvaluationImagesPerPrompt)} images"),
            ("memory", "under 2 GB"),
            ("run folder", path));
    }
}
