using AlignT2I.Engine;
using AlignT2I.Models.Schedulers;

namespace AlignT2I.Training.Finetuning;

/// <summary>
/// Which images, noise and timesteps each update has: a function of seed and step alone, so that a resumed training draws what an
/// uninterrupted one does, whatever the micro-batches.
/// </summary>
internal sealed class FinetunePlan(FinetuneData data, FinetuneOptions options, Scheduler scheduler, Backend backend)
{
    const ulong ModelOrder = 1, PretrainingOrder = 2, Draws = 3;
    const int ItemBits = 20;

    readonly int pretrainingImages = options.PretrainingImagesPerStep;
    readonly Dictionary<(ulong Order, long Epoch), int[]> permutations = [];

    /// <summary>Images in one update.</summary>
    public int ImagesPerStep => options.ImagesPerStep;

    /// <summary>
    /// Images <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1 of an update, the model's before
    /// pre-training's.
    /// </summary>
    public FinetuneBatch Batch(long step, int first, int count)
    {
        int[] textRows = new int[count], timesteps = new int[count];
        float[] coefficients = new float[count];
        Philox[] draws = new Philox[count];
        Tensor latents = Tensor.Empty([count, .. data.Latents.RowShape], DType.F32, Backend.Cpu);
        int width = data.Latents.Width;
        for (int i = 0; i < count; i++)
        {
            int item = first + i;
            bool ofModel = item < options.BatchSize;
            FinetuneExample example = ofModel
                ? ModelExample(step, item)
                : Draw(data.Pretraining, PretrainingOrder, step * pretrainingImages + item - options.BatchSize);
            draws[i] = new Philox(options.Seed ^ (Draws << 32), (ulong)((step << ItemBits) + item));
            timesteps[i] = options.MinTimestep + draws[i].NextInt(scheduler.Config.NumTrainTimesteps - options.MinTimestep);
            bool dropped = draws[i].NextDouble() < options.ConditioningDropout;
            data.Latents.Row(example.LatentRow).CopyTo(latents.AsSpan<float>().Slice(i * width, width));
            textRows[i] = dropped ? data.EmptyTextRow : example.TextRow;
            coefficients[i] = ofModel
                ? FinetuneLoss.ModelCoefficient(example.Weight, options.BatchSize)
                : FinetuneLoss.PretrainingCoefficient(options.PretrainingWeight, pretrainingImages);
            if (options.MinSnrGamma > 0)
                coefficients[i] *= (float)FinetuneLoss.MinSnrFactor(scheduler.AlphasCumprod[timesteps[i]], options.MinSnrGamma);
        }
        Tensor noise = Tensor.Empty(latents.Shape, DType.F32, backend);
        Philox.Normal(noise, draws);
        return new FinetuneBatch(
            latents.To(backend), noise, timesteps, data.TextStates.Gather(textRows).To(backend), coefficients);
    }

    /// <summary>Mean reward of an update's images of the model.</summary>
    public double Reward(long step) => Enumerable.Range(0, options.BatchSize).Average(item => ModelExample(step, item).Weight);

    FinetuneExample ModelExample(long step, int item) => Draw(data.Model, ModelOrder, step * options.BatchSize + item);

    /// <summary>The k-th draw: every example once, in random order, then again in another.</summary>
    FinetuneExample Draw(IReadOnlyList<FinetuneExample> examples, ulong order, long k)
    {
        (long epoch, long place) = Math.DivRem(k, examples.Count);
        if (!permutations.TryGetValue((order, epoch), out int[]? permutation))
        {
            if (permutations.Count > 8)     // an update looks at this epoch and, at its end, at the next
                permutations.Clear();
            permutation = new int[examples.Count];
            new Philox(options.Seed ^ (order << 32), (ulong)epoch).Permutation(permutation);
            permutations[(order, epoch)] = permutation;
        }
        return examples[permutation[place]];
    }
}
