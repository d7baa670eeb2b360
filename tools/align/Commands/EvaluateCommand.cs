using System.CommandLine;
using AlignT2I.CommandLine;
using AlignT2I.Engine;
using AlignT2I.Training.Demo;
using AlignT2I.Training.Generation;
using AlignT2I.Training.Reports;
using AlignT2I.Training.Runs;

namespace AlignT2I.Align.Commands;

/// <summary><c>align evaluate</c>: tables, figures and report of a run.</summary>
internal static class EvaluateCommand
{
    static readonly ExperimentOptions defaults = new();

    static readonly Option<DirectoryInfo> run = CommandOptions.Run("run folder with rewards and a fine-tuned model");
    static readonly Option<DirectoryInfo?> model = CommandOptions.Model();
    static readonly Option<FileInfo?> config = CommandOptions.Config();
    static readonly Option<ulong> seed = CommandOptions.Seed("decides the first noise of each image");
    static readonly Option<string> device = CommandOptions.Device();
    static readonly Option<string?> dtype = CommandOptions.ComputeType();
    static readonly Option<bool> json = CommandOptions.Json();

    static readonly Option<int> imagesPerPrompt = new("--images-per-prompt")
    {
        Description = "images of each evaluation prompt by each model",
        DefaultValueFactory = _ => defaults.EvaluationImagesPerPrompt,
    };

    static readonly Option<int> samples = new("--rejection-samples")
    {
        Description = "images of the original model that rejection sampling chooses from",
        DefaultValueFactory = _ => defaults.RejectionSamples,
    };

    static readonly Option<int> steps = new("--steps") { Description = "denoising steps", DefaultValueFactory = _ => defaults.Generation.Steps };

    static readonly Option<double> guidance = new("--guidance-scale")
    {
        Description = "weight of classifier-free guidance; 1 is none",
        DefaultValueFactory = _ => defaults.Generation.GuidanceScale,
    };

    public static Command Create()
    {
        string description = CommandOptions.WithExample(
            "Evaluate a run on prompts and seeds that no training used: reward and CLIP score against the simulated rater, the original and the "
            + "fine-tuned models, rejection sampling. Writes report/index.html and report/report.json.",
            "align evaluate --run runs/a");
        var command = new Command("evaluate", description) { run, model, config, imagesPerPrompt, samples, steps, guidance, seed, device, dtype, json };
        command.SetAction(Start);
        return command;
    }

    static int Start(ParseResult parse)
    {
        ExperimentOptions options = OptionsFromFile(parse);
        options.Validate();
        Backend backend = parse.Backend(device);
        string modelFolder = parse.ModelFolder(model);
        var report = new Report(parse.GetValue(json));
        using RunFolder folder = RunFolder.Open(RunPath.Existing(parse.GetRequiredValue(run)));
        report.Plan("Evaluate",
            ("run folder", folder.Path), ("model", modelFolder),
            ("images of each prompt", $"{options.EvaluationImagesPerPrompt} by each model, {options.RejectionSamples} by the original for rejection sampling"),
            ("sampler", $"{options.Generation.Steps} steps, guidance {CommandOptions.Text(options.Generation.GuidanceScale)}"));
        ExperimentResult result = ProgressDisplay.Run(
            (progress, cancellation) => new RunEvaluation(folder, modelFolder, options, backend, parse.ComputeType(dtype, backend)).Run(
                progress, cancellation), report.Out);
        ExperimentOutput.Write(report, folder, result, ReportSettings.OfEvaluation(options), command: null);
        return 0;
    }

    static ExperimentOptions OptionsFromFile(ParseResult parse)
    {
        ExperimentOptions options = Training.OptionsFile.ReadExperiment(parse.GetValue(config)?.ToString());
        ImageGenerationOptions generation = options.Generation;
        return options with
        {
            Seed = parse.Or(seed, options.Seed),
            EvaluationImagesPerPrompt = parse.Or(imagesPerPrompt, options.EvaluationImagesPerPrompt),
            RejectionSamples = parse.Or(samples, options.RejectionSamples),
            Generation = generation with
            {
                Steps = parse.Or(steps, generation.Steps),
                GuidanceScale = parse.Or(guidance, generation.GuidanceScale),
            },
        };
    }
}
