using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Rewards;

namespace AlignT2I.Training.Tests.Rewards;

public class RewardTrainerTests
{
    const int Dim = 6, Prompts = 24, ImagesPerPrompt = 8;

    static readonly RewardTrainingOptions options = new() { HiddenSizes = [32, 32], BatchSize = 32, MaxEpochs = 60, PerturbedPrompts = 3 };

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
        RewardData good = data with { Examples = [.. data.Examples.Select(e => e with { Good = true })] };
        Assert.That(() => new RewardTrainer(good, options).Train(), Throws.TypeOf<UsageException>().With.Message.Contains("good and bad"));
    }

    [Test]
    public void Training_leaves_no_tensor_behind()
    {
        long before = Backend.Cpu.LiveBytes;
        new RewardTrainer(Data(), options with { MaxEpochs = 2 }).Train().Dispose();
        Assert.That(Backend.Cpu.LiveBytes, Is.EqualTo(before));
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
            examples.Add(new RewardExample($"prompt {prompt}", i, prompt, perturbed, good));
        }
        return new RewardData(images, texts, examples);
    }
}
