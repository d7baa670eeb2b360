using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Reward;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Evaluation;

namespace AlignT2I.Training.Rewards;

/// <summary>Trains the reward r(x, z) on labelled images (Lee et al. 2023, section 3.2, eqs. 1 to 3). The same seed and data give the same weights.</summary>
/// <remarks>The prompts are split into training and validation; the weights of the pass with the lowest validation loss are kept.</remarks>
/// <param name="data">Labels and embeddings.</param>
/// <param name="options">How to train.</param>
/// <param name="backend">Where to compute; null is the CPU.</param>
public sealed class RewardTrainer(RewardData data, RewardTrainingOptions options, Backend? backend = null)
{
    const ulong OrderStream = 1, SplitStream = 2, TargetStream = 3;

    /// <summary>Trains a new reward model.</summary>
    /// <param name="progress">Told after every pass.</param>
    /// <param name="cancellationToken">Ends the training after an update; nothing of it is kept, it takes seconds.</param>
    /// <exception cref="UsageException">An option is out of range, or the labels are all good or all bad.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public TrainedReward Train(IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options.Validate();
        (RewardExample[] training, RewardExample[] validation) = Split();
        var config = new RewardModelConfig
        {
            ImageEmbedDim = data.Images.Width,
            TextEmbedDim = data.Texts.Width,
            HiddenSizes = [.. options.HiddenSizes],
            ClipScoreInput = options.ClipScoreInput,
        };
        var parameters = new ParameterStore(new RandomParameters(options.Seed), backend);
        var model = new RewardModel(parameters.Root, config);
        parameters.Finish();
        parameters.RequireGrad();
        using var optimizer = new AdamW(parameters.Parameters, weightDecay: options.WeightDecay);

        float[][] best = Copy(parameters);
        List<RewardEpoch> epochs = [];
        (int Epoch, double Loss) lowest = (0, double.PositiveInfinity);
        for (int epoch = 1; epoch <= options.MaxEpochs && epoch - lowest.Epoch <= options.Patience; epoch++)
        {
            RewardEpoch figures = RunEpoch(epoch, training, validation, model, parameters, optimizer, cancellationToken);
            epochs.Add(figures);
            if (validation.Length == 0 || figures.ValidationLoss < lowest.Loss)
            {
                lowest = (epoch, figures.ValidationLoss);
                best = Copy(parameters);
            }
            progress?.Report(new StageProgress("train reward", epoch, options.MaxEpochs, "epoch",
                ("loss", figures.Loss), ("validation", figures.ValidationLoss)));
        }
        for (int i = 0; i < best.Length; i++)
            parameters.Parameters[i].Value.Write<float>(best[i]);
        parameters.ClearGrad();
        parameters.RequireGrad(false);

        var reward = new TrainedReward(model, parameters);
        double accuracy = PairwiseAccuracy.Count(validation.Select(e =>
            (e.PromptId, e.Good, (double)reward.Score(data.Images.Row(e.ImageRow), data.Texts.Row(e.TextRow))))).Accuracy;
        reward.Metrics = new RewardTrainingMetrics(
            options.Seed, options.PromptClassificationWeight, options.DataFraction, training.Length, validation.Length, lowest.Epoch, accuracy, epochs);
        return reward;
    }

    RewardEpoch RunEpoch(
        int epoch, RewardExample[] training, RewardExample[] validation, RewardModel model, ParameterStore parameters, AdamW optimizer,
        CancellationToken cancellationToken)
    {
        int[] order = new int[training.Length];
        new Philox(options.Seed ^ (OrderStream << 32), (ulong)epoch).Permutation(order);
        double loss = 0, meanSquaredError = 0, promptClassification = 0;
        int updates = 0;
        for (int start = 0; start < order.Length; start += options.BatchSize, updates++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RewardExample[] batch = [.. order[start..Math.Min(start + options.BatchSize, order.Length)].Select(i => training[i])];
            using MemoryScope scope = MemoryScope.Open();
            using Tape tape = Tape.Open();
            RewardLossTerms terms = Loss(model, batch, new Philox(options.Seed ^ (TargetStream << 32), (ulong)((long)epoch << 32) + (ulong)start));
            tape.Backward(terms.Total);
            optimizer.Step(options.LearningRate);
            parameters.ClearGrad();
            loss += terms.Total.Item();
            meanSquaredError += terms.MeanSquaredError.Item();
            promptClassification += terms.PromptClassification?.Item() ?? 0;
        }
        double validationLoss = loss / updates;
        if (validation.Length > 0)
        {
            using MemoryScope scope = MemoryScope.Open();
            using Tape pause = Tape.Pause();
            validationLoss = Loss(model, validation, new Philox(options.Seed ^ (TargetStream << 32))).Total.Item();
        }
        return new RewardEpoch(epoch, loss / updates, meanSquaredError / updates, promptClassification / updates, validationLoss);
    }

    RewardLossTerms Loss(RewardModel model, IReadOnlyList<RewardExample> examples, Philox random)
    {
        Tensor images = Rows(data.Images, [.. examples.Select(e => e.ImageRow)]);
        Tensor texts = Rows(data.Texts, [.. examples.Select(e => e.TextRow)]);
        Tensor labels = Tensor.From(examples.Select(e => e.Good ? 1f : 0f).ToArray(), [examples.Count], backend);
        RewardExample[] good = [.. examples.Where(e => e.Good)];
        PromptClassificationBatch? classification = options.PromptClassificationWeight > 0 && good.Length > 0 ? Classification(good, random) : null;
        return RewardLoss.Compute(
            model, new RewardBatch(images, texts, labels, classification), options.PromptClassificationWeight, options.Temperature);
    }

    /// <summary>The original prompt at a random place among the perturbed ones.</summary>
    PromptClassificationBatch Classification(RewardExample[] good, Philox random)
    {
        int prompts = good[0].PerturbedRows.Count + 1;
        int[] targets = new int[good.Length], rows = new int[good.Length * prompts];
        random.Integers(targets, 0, prompts);
        for (int i = 0; i < good.Length; i++)
        {
            for (int j = 0, next = 0; j < prompts; j++)
                rows[i * prompts + j] = j == targets[i] ? good[i].TextRow : good[i].PerturbedRows[next++];
        }
        return new PromptClassificationBatch(
            Rows(data.Images, [.. good.Select(e => e.ImageRow)]),
            Rows(data.Texts, rows).Reshape([good.Length, prompts, data.Texts.Width]),
            Tensor.From(targets, [good.Length], backend));
    }

    Tensor Rows(RowTable table, ReadOnlySpan<int> rows) => table.Gather(rows).To(backend ?? Backend.Cpu);

    /// <summary>Whole prompts go to validation; of the training labels a random share is used.</summary>
    (RewardExample[] Training, RewardExample[] Validation) Split()
    {
        string[] prompts = [.. data.Examples.Select(e => e.PromptId).Distinct().Order(StringComparer.Ordinal)];
        var random = new Philox(options.Seed ^ (SplitStream << 32));
        random.Shuffle<string>(prompts);
        HashSet<string> held = [.. prompts.Take((int)(prompts.Length * options.ValidationFraction))];
        RewardExample[] training = [.. data.Examples.Where(e => !held.Contains(e.PromptId))];
        random.Shuffle<RewardExample>(training);
        training = training[..(int)Math.Ceiling(training.Length * options.DataFraction)];
        if (!training.Any(e => e.Good) || training.All(e => e.Good))
        {
            throw new UsageException($"train-reward: of {training.Length} training labels {training.Count(e => e.Good)} are good; "
                + "a reward needs good and bad ones: label more images.");
        }
        return (training, [.. data.Examples.Where(e => held.Contains(e.PromptId))]);
    }

    static float[][] Copy(ParameterStore parameters) => [.. parameters.Parameters.Select(p => p.Value.ToArray<float>())];
}
