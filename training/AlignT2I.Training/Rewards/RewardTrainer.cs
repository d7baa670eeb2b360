using System.Diagnostics;
using System.Runtime.InteropServices;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Reward;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Evaluation;

namespace AlignT2I.Training.Rewards;

/// <summary>Trains the reward r(x, z) on labelled images (Lee et al. 2023, section 3.2, eqs. 1 to 3).
/// The same seed and data give the same weights.</summary>
/// <remarks>The prompts are split into training and validation; the weights of the pass with the lowest
/// validation loss are kept.</remarks>
/// <param name="data">Labels and embeddings.</param>
/// <param name="options">How to train.</param>
/// <param name="backend">Where to compute; null is the CPU.</param>
public sealed class RewardTrainer(RewardData data, RewardTrainingOptions options, Backend? backend = null)
{
    const ulong OrderStream = 1, SplitStream = 2;

    readonly Backend device = backend ?? Backend.Cpu;

    /// <summary>Trains a new reward model.</summary>
    /// <param name="progress">Told after every update.</param>
    /// <param name="cancellationToken">Ends the training after an update; nothing of it is kept, it takes seconds.</param>
    /// <exception cref="UsageException">An option is out of range, or the labels are all good or all bad.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public TrainedReward Train(IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options.Validate();
        var parameters = new ParameterStore(new RandomParameters(options.Seed), backend);
        try
        {
            return Train(parameters, progress, cancellationToken);
        }
        catch
        {
            parameters.Dispose();
            throw;
        }
    }

    TrainedReward Train(ParameterStore parameters, IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        (RewardExample[] training, RewardExample[] validation) = Split();
        var config = new RewardModelConfig
        {
            ImageEmbedDim = data.Images.Width,
            TextEmbedDim = data.Texts.Width,
            HiddenSizes = [.. options.HiddenSizes],
            ClipScoreInput = options.ClipScoreInput,
        };
        var model = new RewardModel(parameters.Root, config);
        parameters.Finish();
        parameters.RequireGrad();
        using var step = new RewardStep(model, parameters, options);

        float[][] best = Copy(parameters);
        List<RewardEpoch> epochs = [];
        (int Epoch, double Loss) lowest = (0, double.PositiveInfinity);
        for (int epoch = 1; epoch <= options.MaxEpochs && epoch - lowest.Epoch <= options.Patience; epoch++)
        {
            int[] order = Order(training, epoch);
            int updates = (order.Length + options.BatchSize - 1) / options.BatchSize, done = (epoch - 1) * updates;
            RewardEpoch figures = RunEpoch(
                epoch, [.. order.Select(i => training[i])], validation, model, step,
                (update, loss) => progress?.Report(new StageProgress(
                    "train reward", done + update, (long)options.MaxEpochs * updates, "update",
                    [("epoch", epoch), ("loss", loss), .. epochs.TakeLast(1).Select(e => ("validation", e.ValidationLoss))])),
                cancellationToken);
            if (!double.IsFinite(figures.Loss) || !double.IsFinite(figures.ValidationLoss))
            {
                throw new UsageException(
                    $"train-reward: the loss is no longer a number in pass {epoch}; choose a smaller learning rate than "
                    + FormattableString.Invariant($"{options.LearningRate}, ")
                    + "or, where the embeddings are damaged, delete embeddings/: it is made again.");
            }
            epochs.Add(figures);
            if (validation.Length == 0 || figures.ValidationLoss < lowest.Loss)
            {
                lowest = (epoch, figures.ValidationLoss);
                best = Copy(parameters);
            }
        }
        for (int i = 0; i < best.Length; i++)
            parameters.Parameters[i].Value.Write<float>(best[i]);
        parameters.ClearGrad();
        parameters.RequireGrad(false);

        var reward = new TrainedReward(model, parameters);
        (float Reward, RewardExample Example)[] judged = [.. Judge(reward, validation).Zip(validation)];
        double accuracy = PairwiseAccuracy.Count(
            judged.Where(j => j.Example.Label != 0.5f).Select(j => (j.Example.PromptId, j.Example.Good, (double)j.Reward))).Accuracy;
        reward.Metrics = new RewardTrainingMetrics(
            options.Seed, options.PromptClassificationWeight, options.DataFraction, training.Length, validation.Length,
            lowest.Epoch, accuracy, epochs,
            Calibration.Of([.. judged.Select(j => (j.Reward, j.Example.Label))]), options, data.Hash(), watch.Elapsed.TotalSeconds);
        return reward;
    }

    /// <summary>The order of a pass: every label once, or those of the rarer kind several times, until both are as many.</summary>
    int[] Order(RewardExample[] training, int epoch)
    {
        int[] order = [.. Enumerable.Range(0, training.Length)];
        if (options.BalanceClasses)
        {
            int[] good = [.. order.Where(i => training[i].Good)], bad = [.. order.Where(i => !training[i].Good)];
            int[] rarer = good.Length < bad.Length ? good : bad;
            order = [.. order, .. Enumerable.Range(0, Math.Abs(good.Length - bad.Length)).Select(i => rarer[i % rarer.Length])];
        }
        new Philox(options.Seed ^ (OrderStream << 32), (ulong)epoch).Shuffle<int>(order);
        return order;
    }

    RewardEpoch RunEpoch(
        int epoch, RewardExample[] training, RewardExample[] validation, RewardModel model, RewardStep step,
        Action<int, double> updated, CancellationToken cancellationToken)
    {
        var mean = new RewardLossMean();
        foreach ((int update, RewardExample[] examples) in training.Chunk(options.BatchSize).Index())
        {
            cancellationToken.ThrowIfCancellationRequested();
            using MemoryScope scope = MemoryScope.Open();
            mean.Add(step.Run(Batch(examples)), 1, 1);
            updated(update + 1, mean.Loss(options.PromptClassificationWeight));
        }
        double loss = mean.Loss(options.PromptClassificationWeight);
        return new RewardEpoch(
            epoch, loss, mean.MeanSquaredError, mean.PromptClassification, validation.Length > 0 ? Validate(model, validation) : loss);
    }

    double Validate(RewardModel model, RewardExample[] validation)
    {
        var mean = new RewardLossMean();
        foreach (RewardExample[] batch in validation.Chunk(options.BatchSize))
        {
            using MemoryScope scope = MemoryScope.Open();
            using Tape pause = Tape.Pause();
            RewardLossTerms terms = RewardLoss.Compute(
                model, Batch(batch), options.PromptClassificationWeight, options.Temperature);
            mean.Add(terms, batch.Length, batch.Count(e => e.Good));
        }
        return mean.Loss(options.PromptClassificationWeight);
    }

    IEnumerable<float> Judge(TrainedReward reward, RewardExample[] examples) => examples.Chunk(options.BatchSize).SelectMany(batch =>
    {
        using MemoryScope scope = MemoryScope.Open();
        return reward.Score(data.Images.Gather([.. batch.Select(e => e.ImageRow)]), data.Texts.Gather([.. batch.Select(e => e.TextRow)]));
    });

    /// <summary>Examples as the loss reads them: all pairs, the labelled and the perturbed ones, go through the network at once.</summary>
    RewardBatch Batch(RewardExample[] examples)
    {
        List<int> images = [.. examples.Select(e => e.ImageRow)], texts = [.. examples.Select(e => e.TextRow)], choices = [];
        if (options.PromptClassificationWeight > 0)
        {
            for (int i = 0; i < examples.Length; i++)
            {
                RewardExample example = examples[i];
                if (!example.Good)
                    continue;
                choices.Add(i);
                choices.AddRange(Enumerable.Range(images.Count, example.PerturbedRows.Count));
                images.AddRange(Enumerable.Repeat(example.ImageRow, example.PerturbedRows.Count));
                texts.AddRange(example.PerturbedRows);
            }
        }
        int prompts = examples[0].PerturbedRows.Count + 1;
        return new RewardBatch(
            Rows(data.Images, images), Rows(data.Texts, texts),
            Tensor.From(examples.Select(e => e.Label).ToArray(), [examples.Length], device),
            choices.Count > 0 ? Tensor.From(choices.ToArray(), [choices.Count / prompts, prompts], device) : null);
    }

    Tensor Rows(RowTable table, List<int> rows) => table.Gather(CollectionsMarshal.AsSpan(rows)).To(device);

    /// <summary>Whole prompts go to validation, told apart by their texts, as a file may have one twice; of the training labels a random
    /// share is used.</summary>
    (RewardExample[] Training, RewardExample[] Validation) Split()
    {
        int[] prompts = [.. data.Examples.OrderBy(e => e.PromptId, StringComparer.Ordinal).Select(e => e.TextRow).Distinct()];
        var random = new Philox(options.Seed ^ (SplitStream << 32));
        random.Shuffle<int>(prompts);
        HashSet<int> held = [.. prompts.Take((int)(prompts.Length * options.ValidationFraction))];
        RewardExample[] training = [.. data.Examples.Where(e => !held.Contains(e.TextRow))];
        random.Shuffle<RewardExample>(training);
        training = training[..(int)Math.Ceiling(training.Length * options.DataFraction)];
        if (!training.Any(e => e.Good) || training.All(e => e.Good))
        {
            throw new UsageException($"train-reward: of {training.Length} training labels {training.Count(e => e.Good)} are good; "
                + "a reward needs good and bad ones: label more images.");
        }
        return (training, [.. data.Examples.Where(e => held.Contains(e.TextRow))]);
    }

    static float[][] Copy(ParameterStore parameters) => [.. parameters.Parameters.Select(p => p.Value.ToArray<float>())];
}
