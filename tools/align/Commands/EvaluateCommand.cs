using System.CommandLine;
using AlignT2I.CommandLine;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Training;
using AlignT2I.Training.Demo;
using AlignT2I.Training.Evaluation;
using AlignT2I.Training.Generation;
using AlignT2I.Training.Reports;
using AlignT2I.Training.Runs;

namespace AlignT2I.Align.Commands;

/// <summary><c>align evaluate</c>: tables, figures and report of a run.</summary>
internal static class EvaluateCommand
{
    static readonly ExperimentOptions defaults = new();

    static readonly Option<DirectoryInfo> run = CommandOptions.Run("run folder with a reward or a fine-tuned model");
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

    static readonly Option<int?> steps = SamplingOptions.Steps();
    static readonly Option<double?> guidance = SamplingOptions.GuidanceScale();
    static readonly Option<int?> batchSize = SamplingOptions.ByModel<int?>("--batch-size", "images drawn at a time", o => o.BatchSize);

    static readonly Option<DirectoryInfo?> clip = new("--clip")
    {
        Description = "folder of the CLIP of rewards and scores [default: the model's own]",
    };

    static readonly Option<DirectoryInfo?> aesthetic = new("--aesthetic")
    {
        Description = "folder of an aesthetic predictor, for a score more",
    };

    static readonly Option<FileInfo?> captions = new("--captions")
    {
        Description = "captions to draw for the FID: COCO's JSON (one of each image), or text with one on each line; "
            + "with --reference and --inception",
    };

    static readonly Option<int?> mostCaptions = new("--most-captions") { Description = "use only the first captions [default: all]" };

    static readonly Option<int> captionSize = new("--caption-size")
    {
        Description = "height and width of the images of captions, in pixels",
        DefaultValueFactory = _ => new EvaluationSources().CaptionImageSize,
    };

    static readonly Option<FileSystemInfo?> reference = new("--reference")
    {
        Description = "reference images of the FID: a folder, or a file of statistics (.npz of pytorch-fid, .safetensors)",
    };

    static readonly Option<FileInfo?> inception = new("--inception")
    {
        Description = "the FID's Inception network: pt_inception-2015-12-05 made .safetensors by weights-converter",
    };

    static readonly Option<FileInfo?> votes = new("--votes")
    {
        Description = "people's votes between models, of 'feedback-server export --votes'",
    };

    static readonly Option<string> shard = new("--shard")
    {
        Description = "i/n: draw the images of the i-th of n parts (from 0) and end; "
            + "the same command without it evaluates when all are drawn",
        DefaultValueFactory = _ => "0/1",
    };

    public static Command Create()
    {
        string description = CommandOptions.WithExample(
            "Evaluate a run on prompts and seeds that no training used: reward and CLIP score against the raters, the original and the "
            + "fine-tuned models, rejection sampling, FID on captions, people's votes. Writes report/index.html and report/report.json.",
            "align evaluate --run runs/a");
        var command = new Command("evaluate", description)
        {
            run, model, config, imagesPerPrompt, samples, steps, guidance, batchSize, clip, aesthetic, captions, mostCaptions, captionSize,
            reference, inception, votes, shard, seed, device, dtype, json,
        };
        command.SetAction(Start);
        return command;
    }

    static int Start(ParseResult parse)
    {
        Backend backend = parse.Backend(device);
        string modelFolder = parse.ModelFolder(model);
        ExperimentOptions options = OptionsFromFile(parse, modelFolder);
        options.Validate();
        EvaluationSources sources = Sources(parse);
        sources.Validate();
        var part = Shard.Parse(parse.GetRequiredValue(shard));
        var report = new Report(parse.GetValue(json));
        using RunFolder folder = RunFolder.Open(RunPath.Existing(parse.GetRequiredValue(run)), part);
        report.Plan("Evaluate",
            ("run folder", folder.Path), ("model", modelFolder),
            ("images of each prompt", $"{options.EvaluationImagesPerPrompt} by each model, "
                + $"{options.RejectionSamples} by the original for rejection sampling"),
            ("sampler", $"{Printable.Count(options.Generation.Steps, "step")}, "
                + $"guidance {CommandOptions.Text(options.Generation.GuidanceScale)}"),
            ("FID", sources.HasFid
                ? $"on {sources.Captions} at {sources.CaptionImageSize} pixels against {sources.Reference}"
                : "not asked for"));
        var evaluation = new RunEvaluation(folder, modelFolder, options, backend, parse.ComputeType(dtype, backend)) { Sources = sources };
        if (part.Count > 1)
        {
            int images = ProgressDisplay.Run(evaluation.Draw, report.Out);
            report.Result(
                $"{Printable.Count(images, "image")} of shard {part.Index}/{part.Count} drawn. "
                    + "When all shards are, the same command without --shard evaluates.",
                ("images", images));
            return 0;
        }
        ExperimentResult result = ProgressDisplay.Run(evaluation.Run, report.Out);
        ExperimentOutput.Write(report, folder, result, ReportSettings.OfEvaluation(options), command: null);
        return 0;
    }

    static EvaluationSources Sources(ParseResult parse) => new()
    {
        Clip = parse.GetValue(clip)?.ToString(),
        Aesthetic = parse.GetValue(aesthetic)?.ToString(),
        Captions = parse.GetValue(captions)?.ToString(),
        MostCaptions = parse.GetValue(mostCaptions),
        CaptionImageSize = parse.GetValue(captionSize),
        Reference = parse.GetValue(reference)?.ToString(),
        Inception = parse.GetValue(inception)?.ToString(),
        Votes = parse.GetValue(votes)?.ToString(),
    };

    /// <summary>Flags before the file before what goes with the model.</summary>
    static ExperimentOptions OptionsFromFile(ParseResult parse, string modelFolder)
    {
        ExperimentOptions options =
            OptionsFile.ReadExperiment(parse.GetValue(config)?.ToString(), ExperimentOptions.For(modelFolder));
        ImageGenerationOptions generation = options.Generation;
        return options with
        {
            Seed = parse.Or(seed, options.Seed),
            EvaluationImagesPerPrompt = parse.Or(imagesPerPrompt, options.EvaluationImagesPerPrompt),
            RejectionSamples = parse.Or(samples, options.RejectionSamples),
            Generation = generation with
            {
                Steps = parse.GetValue(steps) ?? generation.Steps,
                GuidanceScale = parse.GetValue(guidance) ?? generation.GuidanceScale,
                BatchSize = parse.GetValue(batchSize) ?? generation.BatchSize,
            },
        };
    }
}
