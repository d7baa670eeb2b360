using System.CommandLine;
using System.Text.Json.Nodes;
using AlignT2I.CommandLine;
using AlignT2I.Engine;
using AlignT2I.Training;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Rewards;
using AlignT2I.Training.Runs;

namespace AlignT2I.TrainReward;

/// <summary><c>train-reward</c>: learns the reward from a run's labels (Lee et al. 2023, eqs. 1 to 3).</summary>
internal static class TrainRewardCommand
{
    static readonly RewardTrainingOptions defaults = new();

    static readonly Option<DirectoryInfo> run = CommandOptions.Run("run folder with images and labels; the reward is written into its reward/");
    static readonly Option<DirectoryInfo?> model = CommandOptions.Model();
    static readonly Option<FileInfo?> config = CommandOptions.Config();
    static readonly Option<ulong> seed = CommandOptions.Seed("decides the first weights, the split and the order");
    static readonly Option<string> device = CommandOptions.Device();
    static readonly Option<bool> json = CommandOptions.Json();
    static readonly Option<int> epochs = new("--epochs") { Description = "passes over the labels at most", DefaultValueFactory = _ => defaults.MaxEpochs };
    static readonly Option<int> batchSize = new("--batch-size") { Description = "labels in one update", DefaultValueFactory = _ => defaults.BatchSize };
    static readonly Option<double> learningRate = new("--learning-rate") { Description = "AdamW step", DefaultValueFactory = _ => defaults.LearningRate };

    static readonly Option<double> weight = new("--prompt-classification-weight")
    {
        Description = "lambda of eq. 3",
        DefaultValueFactory = _ => defaults.PromptClassificationWeight,
    };

    static readonly Option<double> temperature = new("--temperature") { Description = "T of eq. 2", DefaultValueFactory = _ => defaults.Temperature };
    static readonly Option<bool> ablations = new("--ablations") { Description = "also train on half the labels (Fig. 4b)" };

    public static RootCommand Create()
    {
        string description = CommandOptions.WithExample(
            "Learn the reward from a run's labels (Lee et al. 2023, eqs. 1 to 3), and, to compare with, one without prompt classification.",
            "train-reward --run runs/a");
        var command = new RootCommand(description) { run, model, config, epochs, batchSize, learningRate, weight, temperature, ablations, seed, device, json };
        command.SetAction(Start);
        return command;
    }

    static int Start(ParseResult parse)
    {
        RewardTrainingOptions file = OptionsFile.ReadReward(parse.GetValue(config)?.ToString());
        RewardTrainingOptions options = file with
        {
            Seed = parse.Or(seed, file.Seed),
            MaxEpochs = parse.Or(epochs, file.MaxEpochs),
            BatchSize = parse.Or(batchSize, file.BatchSize),
            LearningRate = parse.Or(learningRate, file.LearningRate),
            PromptClassificationWeight = parse.Or(weight, file.PromptClassificationWeight),
            Temperature = parse.Or(temperature, file.Temperature),
        };
        options.Validate();
        Backend backend = parse.Backend(device);
        string modelFolder = parse.ModelFolder(model);
        IReadOnlyList<RewardVariant> variants = RewardStage.Variants(parse.GetValue(ablations));
        var report = new Report(parse.GetValue(json));
        using RunFolder folder = RunFolder.Open(RunPath.Existing(parse.GetRequiredValue(run)));
        report.Plan("Learn the reward",
            ("run folder", folder.Path), ("images", $"{folder.ReadImages().Count}"), ("rewards", $"{variants.Count}"),
            ("passes", $"at most {options.MaxEpochs} of {options.BatchSize} labels an update"), ("memory", "under 1 GB for embeddings of 100,000 images"));
        IReadOnlyList<RewardTrainingMetrics> metrics = ProgressDisplay.Run((progress, cancellation) =>
        {
            using ClipEmbedder clip = ClipEmbedder.Load(modelFolder, backend);
            using var embeddings = new EmbeddingCache(folder, clip);
            return RewardStage.Run(folder, embeddings, options, variants, keep: false, progress, cancellation, backend);
        }, report.Out);
        report.Table(
            "Rewards", ["reward", "labels", "best pass", "validation loss", "pairwise accuracy"],
            variants.Zip(metrics).Select(r => (IReadOnlyList<string>)
            [
                Name(r.First), $"{r.Second.TrainingLabels}", $"{r.Second.BestEpoch}",
                CommandOptions.Text(Math.Round(r.Second.Epochs[Math.Max(0, r.Second.BestEpoch - 1)].ValidationLoss, 4)),
                CommandOptions.Text(Math.Round(r.Second.ValidationPairwiseAccuracy, 3)),
            ]));
        report.Result(
            $"The reward is in {folder.RewardFolder}.", ("reward", folder.RewardFolder),
            ("trainingLabels", metrics[0].TrainingLabels), ("validationLabels", metrics[0].ValidationLabels), ("bestEpoch", metrics[0].BestEpoch),
            ("validationPairwiseAccuracy", JsonValue.Create(metrics[0].ValidationPairwiseAccuracy)));
        return 0;
    }

    static string Name(RewardVariant variant) => variant switch
    {
        RewardVariant.WithoutPromptClassification => "without prompt classification",
        RewardVariant.HalfData => "half the labels",
        RewardVariant.HalfDataWithoutPromptClassification => "half the labels, without",
        _ => "reward",
    };
}
