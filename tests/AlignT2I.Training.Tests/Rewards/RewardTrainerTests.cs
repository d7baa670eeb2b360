using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Rewards;

namespace AlignT2I.Training.Tests.Rewards;

public class RewardTrainerTests
{
    const int Dim = 6, Prompts = 24, ImagesPerPrompt = 8;

    static readonly RewardTrainingOptions options =
        RewardTrainingOptions.Miniature with { HiddenSizes = [32, 32], BatchSize = 32, PerturbedPrompts = 3 };

    [Test]
    public void A_learnable_reward_is_learned_and_holds_on_prompts_that_were_not_trained_on()
    {
        using TrainedReward reward = new RewardTrainer(Data(), options).Train();
        Assert.That(reward.Metrics!.ValidationLabels, Is.GreaterThan(0));
        Assert.That(reward.Metrics.ValidationPairwiseAccuracy, Is.GreaterThan(0.9));
        Assert.That(reward.Metrics.Epochs[^1].Loss, Is.LessThan(reward.Metrics.Epochs[0].Loss));
    }

    [Test]
    public void The_same_seed_gives_the_same_weights_and_another_seed_others()
    {
        RewardData data = Data();
        RewardTrainingOptions brief = options with { MaxEpochs = 2 };
        float first = Score(data, brief), again = Score(data, brief), other = Score(data, brief with { Seed = 1 });
        Assert.That(again, Is.EqualTo(first));
        Assert.That(other, Is.Not.EqualTo(first));
    }

    [Test]
    public void A_saved_reward_reads_back_bit_for_bit()
    {
        using var folder = new TestFolder();
        RewardData data = Data();
        using TrainedReward reward = new RewardTrainer(data, options with { MaxEpochs = 2 }).Train();
        reward.Save(folder["reward"]);
        using TrainedReward loaded = TrainedReward.Load(folder["reward"]);
        Assert.That(loaded.Score(data.Images.Row(3), data.Texts.Row(1)), Is.EqualTo(reward.Score(data.Images.Row(3), data.Texts.Row(1))));
        Assert.That(loaded.Metrics!.BestEpoch, Is.EqualTo(reward.Metrics!.BestEpoch));
    }

    [Test]
    public void Half_the_data_trains_on_half_the_labels()
    {
        using TrainedReward all = new RewardTrainer(Data(), options with { MaxEpochs = 1 }).Train();
        using TrainedReward half = new RewardTrainer(Data(), options with { MaxEpochs = 1, DataFraction = 0.5 }).Train();
        Assert.That(half.Metrics!.TrainingLabels, Is.EqualTo((all.Metrics!.TrainingLabels + 1) / 2));
        Assert.That(half.Metrics.ValidationLabels, Is.EqualTo(all.Metrics.ValidationLabels));
    }

    [Test]
    public void Labels_of_one_kind_are_refused()
    {
        RewardData data = Data();
        RewardData good = data with { Examples = [.. data.Examples.Select(e => e with { Label = 1 })] };
        Assert.That(() => new RewardTrainer(good, options).Train(), Throws.TypeOf<UsageException>().With.Message.Contains("good and bad"));
    }

    [Test]
    public void Balanced_classes_show_the_rarer_kind_as_often_as_the_other()
    {
        RewardData data = Data();
        RewardExample[] rare = [.. data.Examples.Where((e, i) => !e.Good || i % 5 == 0)];
        RewardTrainingOptions balanced = options with { BalanceClasses = true, MaxEpochs = 1, ValidationFraction = 0, BatchSize = 1 };
        List<StageProgress> told = [];
        using TrainedReward reward = new RewardTrainer(data with { Examples = rare }, balanced).Train(new Told(told.Add));
        Assert.That(told, Has.Count.EqualTo(2 * rare.Count(e => !e.Good)), "as many good as bad, one an update");
        Assert.That(reward.Metrics!.TrainingLabels, Is.EqualTo(rare.Length));
        Assert.That(reward.Metrics.Calibration, Is.Null, "there are no validation prompts");
    }

    [Test]
    public void Shares_of_raters_are_learned_as_they_are()
    {
        RewardData data = Data();
        RewardData soft = data with { Examples = [.. data.Examples.Select(e => e with { Label = e.Good ? 0.7f : 0.3f })] };
        using TrainedReward reward = new RewardTrainer(soft, options with { PromptClassificationWeight = 0 }).Train();
        double[] good =
        [
            .. soft.Examples.Where(e => e.Good)
                .Select(e => (double)reward.Score(data.Images.Row(e.ImageRow), data.Texts.Row(e.TextRow))),
        ];
        Assert.That(good.Average(), Is.EqualTo(0.7).Within(0.05));
    }

    [Test]
    public void Calibration_compares_rewards_with_the_shares_of_good_labels()
    {
        Calibration calibration = Calibration.Of([(0.11f, 0), (0.13f, 0), (0.12f, 1), (1f, 1), (0.95f, 1), (0.91f, 0)])!;
        Assert.That(calibration.Bins.Select(b => b.Count), Is.EqualTo(new[] { 3, 3 }));
        Assert.That(calibration.Bins[0].MeanReward, Is.EqualTo(0.12).Within(1e-6));
        Assert.That(calibration.Bins[1].MeanLabel, Is.EqualTo(2 / 3.0).Within(1e-6));
        Assert.That(calibration.ExpectedError, Is.EqualTo((1 / 3.0 - 0.12 + 0.953333 - 2 / 3.0) / 2).Within(1e-5));
        using TrainedReward reward = new RewardTrainer(Data(), options).Train();
        Assert.That(reward.Metrics!.Calibration!.Bins.Sum(b => b.Count), Is.EqualTo(reward.Metrics.ValidationLabels));
    }

    [Test]
    public void An_embedding_that_is_not_a_number_ends_the_training_with_a_sentence()
    {
        RewardData data = Data();
        float[] row = new float[Dim];
        Array.Fill(row, float.NaN);
        data.Images.Add("damaged", row);
        RewardExample[] examples = [.. data.Examples];
        examples[7] = examples[7] with { ImageRow = data.Images.Count - 1 };
        Assert.That(() => new RewardTrainer(data with { Examples = examples }, options).Train(),
            Throws.TypeOf<UsageException>().With.Message.Contains("no longer a number"));
    }

    [Test]
    public void Training_leaves_no_tensor_behind([Values] bool cancelled)
    {
        long before = Backend.Cpu.LiveBytes;
        var trainer = new RewardTrainer(Data(), options with { MaxEpochs = 2 });
        using var source = new CancellationTokenSource();
        if (cancelled)
        {
            Assert.That(
                () => trainer.Train(new Told(_ => source.Cancel()), source.Token), Throws.InstanceOf<OperationCanceledException>());
        }
        else
        {
            trainer.Train().Dispose();
        }
        Assert.That(Backend.Cpu.LiveBytes, Is.EqualTo(before));
    }

    [Test]
    public void The_same_text_under_two_ids_is_not_trained_on_and_validated_on()
    {
        RewardData data = Data();
        RewardExample[] twice = [.. data.Examples.Select((e, i) => i / Prompts % 2 == 0 ? e : e with { PromptId = e.PromptId + "-2" })];
        using TrainedReward reward = new RewardTrainer(data with { Examples = twice }, options with { MaxEpochs = 1 }).Train();
        Assert.That(reward.Metrics!.ValidationLabels, Is.EqualTo((int)(Prompts * options.ValidationFraction) * ImagesPerPrompt));
    }

    [Test]
    public void The_hash_of_data_tells_embeddings_of_another_CLIP_from_these()
    {
        RewardData data = Data();
        Assert.That((data with { Images = Negated(data.Images) }).Hash(), Is.Not.EqualTo(data.Hash()));
        Assert.That((data with { Texts = Negated(data.Texts) }).Hash(), Is.Not.EqualTo(data.Hash()));
        Assert.That(Data().Hash(), Is.EqualTo(data.Hash()));

        static RowTable Negated(RowTable table)
        {
            RowTable other = new([Dim]);
            foreach (string key in table.Keys)
                other.Add(key, Array.ConvertAll(table[key].ToArray(), v => -v));
            return other;
        }
    }

    static float Score(RewardData data, RewardTrainingOptions options)
    {
        using TrainedReward reward = new RewardTrainer(data, options).Train();
        return reward.Score(data.Images.Row(0), data.Texts.Row(0));
    }

    /// <summary>A good image's embedding is near its prompt's; a bad one's is near another prompt's.</summary>
    internal static RewardData Data()
    {
        var random = new Philox(5);
        RowTable texts = new([Dim]), images = new([Dim]);
        float[] row = new float[Dim], noise = new float[Dim];
        for (int p = 0; p < Prompts; p++)
        {
            random.Normal(row);
            texts.Add($"prompt {p}", row);
        }
        List<RewardExample> examples = [];
        for (int i = 0; i < Prompts * ImagesPerPrompt; i++)
        {
            int prompt = i % Prompts;
            bool good = random.NextDouble() < 0.5;
            random.Normal(noise);
            texts.Row(prompt).CopyTo(row);
            for (int d = 0; d < Dim; d++)
                row[d] = (good ? row[d] : -row[d]) + 0.2f * noise[d];
            images.Add($"image {i}", row);
            int[] perturbed = [.. Enumerable.Range(1, 3).Select(k => (prompt + k) % Prompts)];
            examples.Add(new RewardExample($"prompt {prompt}", i, prompt, perturbed, good ? 1 : 0));
        }
        return new RewardData(images, texts, examples);
    }
}
