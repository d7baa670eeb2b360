using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using AlignT2I.CommandLine;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Training;
using AlignT2I.Training.Demo;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Rewards;
using AlignT2I.Training.Runs;

namespace AlignT2I.TrainReward;

/// <summary><c>train-reward</c>: learns the reward from a run's labels (Lee et al. 2023, eqs. 1 to 3).</summary>
internal static class TrainRewardCommand
{
    static readonly RewardTrainingOptions defaults = new();

    static readonly Option<DirectoryInfo> run = CommandOptions.Run(
        "run folder with images and labels; the reward is written into its reward/");

    static readonly Option<DirectoryInfo?> model = CommandOptions.Model();
    static readonly Option<FileInfo?> config = CommandOptions.Config();
    static readonly Option<ulong> seed = CommandOptions.Seed("decides the first weights, the split and the order");
    static readonly Option<string> device = CommandOptions.Device();
    static readonly Option<bool> json = CommandOptions.Json();

    static readonly Option<int> epochs = Of("--epochs", "passes over the labels at most", o => o.MaxEpochs);
    static readonly Option<int> batchSize = Of("--batch-size", "labels in one update", o => o.BatchSize);
    static readonly Option<double> learningRate = Of("--learning-rate", "AdamW step", o => o.LearningRate);
    static readonly Option<double> weight = Of("--prompt-classification-weight", "lambda of eq. 3", o => o.PromptClassificationWeight);
    static readonly Option<double> temperature = Of("--temperature", "T of eq. 2", o => o.Temperature);
    static readonly Option<int> perturbed =
        Of("--perturbed-prompts", "N - 1 of eq. 2: wrong prompts for each good image", o => o.PerturbedPrompts);

    static readonly Option<int[]> hidden = new("--hidden-sizes")
    {
        Description = $"widths of the hidden layers [default: {string.Join(' ', defaults.HiddenSizes)}; "
            + $"for the miniature {string.Join(' ', RewardTrainingOptions.Miniature.HiddenSizes)}]",
        AllowMultipleArgumentsPerToken = true,
    };

    static readonly Option<int> patience =
        Of("--patience", "passes without a better validation loss after which training ends", o => o.Patience);

    static readonly Option<RewardLabels> labels = new("--labels")
    {
        Description = "of several raters: what most said, or the share that said good [default: majority]",
        HelpName = "majority|mean",
    };

    static readonly Option<bool> balance = new("--balance-classes") { Description = "show as many good images as bad ones" };
    static readonly Option<bool> ablations = new("--ablations") { Description = "also train on half the labels (Fig. 4b)" };

    static readonly Option<string?> fractions = new("--fractions")
    {
        Description = "--ablations on other shares of the labels, as in 0.25,0.5,0.75",
    };

    static readonly Option<bool> without = new("--no-prompt-classification")
    {
        Description = "train only the reward without prompt classification",
    };

    static readonly Option<double?> fraction = new("--fraction")
    {
        Description = "train only on this share of the labels, into a folder of its own: 0.5 is Fig. 4b",
    };

    static readonly Option<string?> seeds = new("--seeds")
    {
        Description = "several seeds in place of --seed, as in 0,1,2: the first one's reward is used, mean and spread of all are told",
    };

    static readonly Option<DirectoryInfo?> clip = new("--clip")
    {
        Description = "the CLIP of the embeddings where the model has not both towers with projections: clip-vit-large-patch14 "
            + "[default: the model's folder clip, or its towers]",
    };

    static readonly Option<bool> resume = new("--resume")
    {
        Description = "keep the rewards that are trained already on the same labels with the same options",
    };

    public static RootCommand Create()
    {
        string description = CommandOptions.WithExample(
            "Learn the reward from a run's labels (Lee et al. 2023, eqs. 1 to 3), and, to compare with, "
                + "one without prompt classification.",
            "train-reward --run runs/a");
        var command = new RootCommand(description)
        {
            run, model, clip, config, epochs, patience, batchSize, learningRate, hidden, weight, temperature, perturbed, labels, balance,
            without, fraction, ablations, fractions, seed, seeds, device, resume, json,
        };
        command.SetAction(Start);
        return command;
    }

    static int Start(ParseResult parse)
    {
        string clipFolder = parse.GetValue(clip)?.ToString() ?? parse.ModelFolder(model);
        ClipEmbedder.Require(clipFolder);
        RewardTrainingOptions file = OptionsFile.ReadReward(parse.GetValue(config)?.ToString(), ExperimentOptions.For(clipFolder).Reward);
        ulong[] all = parse.GetValue(seeds) is { } list ? Seeds(list) : [];
        RewardTrainingOptions options = file with
        {
            Seed = all.Length > 0 ? all[0] : parse.Or(seed, file.Seed),
            MaxEpochs = parse.Or(epochs, file.MaxEpochs),
            Patience = parse.Or(patience, file.Patience),
            BatchSize = parse.Or(batchSize, file.BatchSize),
            LearningRate = parse.Or(learningRate, file.LearningRate),
            HiddenSizes = parse.GetValue(hidden) is { Length: > 0 } widths ? widths : file.HiddenSizes,
            PromptClassificationWeight = parse.Or(weight, file.PromptClassificationWeight),
            Temperature = parse.Or(temperature, file.Temperature),
            PerturbedPrompts = parse.Or(perturbed, file.PerturbedPrompts),
            Labels = parse.Or(labels, file.Labels),
            BalanceClasses = parse.Or(balance, file.BalanceClasses),
        };
        options.Validate();
        Backend backend = parse.Backend(device);
        IReadOnlyList<RewardVariant> variants = Variants(parse);
        var report = new Report(parse.GetValue(json));
        using RunFolder folder = RunFolder.Open(RunPath.Existing(parse.GetRequiredValue(run)));
        report.Plan("Learn the reward",
            ("run folder", folder.Path), ("CLIP", ClipEmbedder.FolderOf(clipFolder)), ("images", $"{folder.ReadImages().Count}"),
            ("rewards", string.Join("; ", variants.Select(v => v.Name)) + (all.Length > 1 ? $"; each from {all.Length} seeds" : "")),
            ("network", $"hidden layers {string.Join(", ", options.HiddenSizes)}, "
                + $"{options.PerturbedPrompts} perturbed prompts a good image"),
            ("passes", $"at most {options.MaxEpochs} of {Printable.Count(options.BatchSize, "label")} an update"),
            ("memory", $"about {Printable.Bytes(ClipEmbedder.Parameters(clipFolder) * sizeof(float))} for CLIP, "
                + "under 1 GB for embeddings of 100,000 images"));
        IReadOnlyList<RewardResult> results = ProgressDisplay.Run((progress, cancellation) =>
        {
            using ClipEmbedder embedder = ClipEmbedder.Load(clipFolder, backend);
            using var embeddings = new EmbeddingCache(folder, embedder);
            return RewardStage.Run(
                folder, embeddings, options, variants, parse.GetValue(resume), progress, cancellation, backend, seeds: [.. all.Skip(1)]);
        }, report.Out);
        report.Table(
            "Rewards", ["reward", "labels", "best pass", "validation loss", "pairwise accuracy", "calibr. error", "seconds"],
            results.Select(r => (IReadOnlyList<string>)
            [
                r.Variant.Name, $"{r.Metrics.TrainingLabels}", $"{r.Metrics.BestEpoch}", Text(r.Seeds.ValidationLoss, 4),
                Text(r.Seeds.ValidationPairwiseAccuracy, 3), r.Seeds.CalibrationError is { } error ? Text(error, 3) : "",
                CommandOptions.Text(Math.Round(r.Metrics.ElapsedSeconds, 1)),
            ]));
        RewardTrainingMetrics metrics = results[0].Metrics;
        string where = RewardStage.Folder(folder, results[0].Variant);
        report.Result(
            $"The reward is in {where}.", ("reward", where),
            ("trainingLabels", metrics.TrainingLabels), ("validationLabels", metrics.ValidationLabels), ("bestEpoch", metrics.BestEpoch),
            ("validationPairwiseAccuracy", JsonValue.Create(metrics.ValidationPairwiseAccuracy)),
            ("seeds", results[0].Seeds.Seeds.Count), ("meanPairwiseAccuracy", results[0].Seeds.ValidationPairwiseAccuracy.Mean),
            ("spreadPairwiseAccuracy", results[0].Seeds.ValidationPairwiseAccuracy.Spread), ("elapsedSeconds", metrics.ElapsedSeconds));
        return 0;
    }

    /// <summary>The rewards to train: the usual ones, or the one that the flags name.</summary>
    static IReadOnlyList<RewardVariant> Variants(ParseResult parse)
    {
        double? share = parse.GetValue(fraction);
        if (share is not (null or (> 0 and <= 1)))
            throw new UsageException($"train-reward: --fraction is {CommandOptions.Text(share.Value)}; expected above 0 up to 1.");
        bool all = parse.GetValue(ablations) || parse.GetValue(fractions) is not null;
        if (share is null && !parse.GetValue(without))
            return RewardStage.Variants(!all ? [] : parse.GetValue(fractions) is { } list ? Shares(list) : RewardStage.AblationFractions);
        return all
            ? throw new UsageException(
                "train-reward: --ablations and --fractions train all rewards, --fraction and --no-prompt-classification one; give either.")
            : [new RewardVariant(!parse.GetValue(without), share ?? 1)];
    }

    static Option<T> Of<T>(string name, string description, Func<RewardTrainingOptions, T> value) =>
        CommandOptions.ByModel(name, description, value(defaults), value(RewardTrainingOptions.Miniature));

    static double[] Shares(string text)
    {
        double[] values =
        [
            .. text.Split(',', StringSplitOptions.TrimEntries).Select(p =>
                double.TryParse(p, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value is > 0 and < 1
                    ? Math.Round(value, 4)
                    : throw new UsageException($"train-reward: --fractions is '{text}'; "
                        + "expected numbers above 0 and below 1 with commas between them, as in 0.25,0.5.")),
        ];
        return values.Distinct().Count() == values.Length
            ? values
            : throw new UsageException($"train-reward: --fractions '{text}' has one twice.");
    }

    static ulong[] Seeds(string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        ulong[] values =
        [
            .. parts.Select(p => ulong.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
                ? value
                : throw new UsageException(
                    $"train-reward: --seeds is '{text}'; expected whole numbers with commas between them, as in 0,1,2.")),
        ];
        return values.Distinct().Count() == values.Length
            ? values
            : throw new UsageException($"train-reward: --seeds '{text}' has one twice.");
    }

    static string Text(RewardSpread figure, int digits) => CommandOptions.Text(Math.Round(figure.Mean, digits))
        + (figure.Spread > 0 ? $" ± {CommandOptions.Text(Math.Round(figure.Spread, digits))}" : "");
}
