using AlignT2I.Engine;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Rewards;

namespace AlignT2I.Training.Tests.Rewards;

/// <summary>The reward at the paper's size: 23,000 labels on embeddings of 768, a network of 1,024 twice.</summary>
[Category("Slow")]
public class RewardScaleTests
{
    const int Dim = 768, Labels = 23_000, Prompts = 2_700;

    [Test]
    public void Twenty_three_thousand_labels_are_learned_from_a_cached_table()
    {
        using var folder = new TestFolder();
        using RowTable images = RowTable.Open(folder["images"], [Dim]), texts = RowTable.Open(folder["texts"], [Dim]);
        RewardData data = Fill(images, texts);
        RewardTrainingOptions options = new() { MaxEpochs = 1, PerturbedPrompts = 3 };
        List<StageProgress> told = [];
        using TrainedReward reward = new RewardTrainer(data, options).Train(new Told(told.Add));
        RewardTrainingMetrics metrics = reward.Metrics!;
        TestContext.Out.WriteLine(
            $"{metrics.ElapsedSeconds:0.0} s a pass, accuracy {metrics.ValidationPairwiseAccuracy:0.000}, "
            + $"{metrics.Calibration!.ExpectedError:0.000}");
        Assert.That(metrics.TrainingLabels + metrics.ValidationLabels, Is.EqualTo(Labels));
        Assert.That(told, Has.Count.EqualTo((metrics.TrainingLabels + 511) / 512), "an update for each batch, and no more");
        Assert.That(metrics.ValidationPairwiseAccuracy, Is.GreaterThan(0.8), "on prompts that were not trained on");
    }

    /// <summary>A hidden direction of the image decides, turned over by one of the text: nothing that either tells alone.</summary>
    static RewardData Fill(RowTable images, RowTable texts)
    {
        var random = new Philox(9);
        float[] rows = new float[Prompts * Dim], image = new float[Dim];
        random.Normal(rows);
        for (int p = 0; p < Prompts; p++)
        {
            Span<float> row = rows.AsSpan(p * Dim, Dim);
            row[0] = p % 2 == 0 ? 12 : -12;
            Normalize(row);
        }
        texts.Add([.. Enumerable.Range(0, Prompts).Select(p => $"prompt {p}")], rows);
        List<RewardExample> examples = [];
        List<float> all = [];
        for (int i = 0; i < Labels; i++)
        {
            int prompt = i % Prompts;
            bool good = random.NextDouble() < 0.47;
            random.Normal(image);
            image[1] = good == (prompt % 2 == 0) ? 12 : -12;
            Normalize(image);
            all.AddRange(image);
            int[] perturbed = [.. Enumerable.Range(1, 3).Select(k => (prompt + 2 * k - 1) % Prompts)];
            examples.Add(new RewardExample($"prompt {prompt}", i, prompt, perturbed, good ? 1 : 0));
        }
        images.Add([.. Enumerable.Range(0, Labels).Select(i => $"image {i}")], all.ToArray());
        return new RewardData(images, texts, examples);
    }

    static void Normalize(Span<float> row)
    {
        double norm = 0;
        foreach (float value in row)
            norm += value * value;
        for (int i = 0; i < row.Length; i++)
            row[i] = (float)(row[i] / Math.Sqrt(norm));
    }
}
