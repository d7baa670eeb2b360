using AlignT2I.Engine;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Rewards;

namespace AlignT2I.Bench;

/// <summary>One pass of reward training at the paper's size: labels on embeddings of 768, a network of 1,024 twice.</summary>
internal sealed class RewardCase : BenchCase
{
    const int Dim = 768, Hidden = 1024, Prompts = 2_700;
    const double GoodShare = 0.47;

    readonly RowTable images = new([Dim]), texts = new([Dim]);
    readonly RewardData data;
    readonly RewardTrainingOptions options;
    readonly int perturbed;
    RewardTrainingMetrics? first, last;

    /// <param name="labels">Labelled images.</param>
    /// <param name="perturbed">Wrong prompts for each good image.</param>
    /// <param name="batch">Labels in one update.</param>
    public RewardCase(int labels, int perturbed, int batch)
    {
        (Batch, this.perturbed) = (labels, perturbed);
        options = new RewardTrainingOptions
        {
            BatchSize = batch,
            MaxEpochs = 1,
            PerturbedPrompts = perturbed,
            ValidationFraction = 0,
        };
        var random = new Philox(3);
        texts.Add([.. Enumerable.Range(0, Prompts).Select(p => $"prompt {p}")], Rows(Prompts, random));
        images.Add([.. Enumerable.Range(0, labels).Select(i => $"image {i}")], Rows(labels, random));
        data = new RewardData(images, texts,
        [
            .. Enumerable.Range(0, labels).Select(i => new RewardExample(
                $"prompt {i % Prompts}", i, i % Prompts, [.. Enumerable.Range(1, perturbed).Select(k => (i + k) % Prompts)],
                random.NextDouble() < GoodShare ? 1 : 0)),
        ]);
    }

    public override string Name => $"reward_epoch_{Batch}x{perturbed + 1}";

    public override string Mode => "train";

    public override int Batch { get; }

    /// <summary>Products of the network, forward and with respect to weights and inputs but the embeddings.</summary>
    public override double Gflop
    {
        get
        {
            double rows = Batch + (double)data.Examples.Count(e => e.Good) * perturbed;
            return 2e-9 * rows * (2.0 * 2 * Dim * Hidden + 3.0 * Hidden * (Hidden + 1));
        }
    }

    public override void Run()
    {
        using TrainedReward reward = new RewardTrainer(data, options).Train();
        last = reward.Metrics;
        first ??= last;
    }

    /// <summary>The same loss as the first run, near that of a guess: a quarter, and λ ln N.</summary>
    public override bool Check()
    {
        double guess = 0.25 + options.PromptClassificationWeight * Math.Log(perturbed + 1);
        return last!.Epochs[0].Loss == first!.Epochs[0].Loss && Math.Abs(last.Epochs[0].Loss / guess - 1) < 0.1;
    }

    public override void Dispose()
    {
        images.Dispose();
        texts.Dispose();
    }

    static float[] Rows(int count, Philox random)
    {
        float[] rows = new float[count * Dim];
        random.Normal(rows);
        for (int i = 0; i < rows.Length; i++)
            rows[i] *= 1 / MathF.Sqrt(Dim);
        return rows;
    }
}
