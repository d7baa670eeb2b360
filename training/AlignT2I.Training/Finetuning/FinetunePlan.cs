using AlignT2I.Engine;

namespace AlignT2I.Training.Finetuning;

/// <summary>
/// Which images, noise and timesteps each update has: a function of seed and step alone, so that a resumed training draws what an
/// uninterrupted one does, whatever the micro-batches.
/// </summary>
internal sealed class FinetunePlan(FinetuneData data, FinetuneOptions options, int trainTimesteps, Backend backend)
{
    const ulong ModelOrder = 1, PretrainingOrder = 2, Draws = 3;
    const int ItemBits = 20;

    readonly int pretrainingImages =
        options.Mix == FinetuneMix.Full && options.PretrainingWeight > 0 ? options.PretrainingBatchSize : 0;
    readonly Dictionary<(ulong Order, long Epoch), int[]> permutations = [];

    /// <summary>Images in one update.</summary>
    public int ImagesPerStep => options.BatchSize + pretrainingImages;

    /// <summary>
    /// Images <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1 of an update, the model's before
    /// pre-training's.
    /// </summary>
    public FinetuneBatch Batch(long step, int first, int count)
    {
        int[] textRows = new int[count], timesteps = new int[count];
        float[] coefficients = new float[count];
        Tensor latents = Tensor.Empty([count, .. data.Latents.RowShape], DType.F32, Backend.Cpu);
        Tensor noise = Tensor.Empty(latents.Shape, DType.F32, Backend.Cpu);
        int width = data.Latents.Width;
        for (int i = 0; i < count; i++)
        {
            int item = first + i;
            bool ofModel = item < options.BatchSize;
            FinetuneExample example = ofModel
                ? Draw(data.Model, ModelOrder, step * options.BatchSize + item)
                : Draw(data.Pretraining, PretrainingOrder, step * pretrainingImages + item - options.BatchSize);
            var random = new Philox(options.Seed ^ (Draws << 32), (ulong)((step << ItemBits) + item));
            timesteps[i] = random.NextInt(trainTimesteps);
            bool dropped = random.NextDouble() < options.ConditioningDropout;
            random.Normal(noise.AsSpan<float>().Slice(i * width, width));
            data.Latents.Row(example.LatentRow).CopyTo(latents.AsSpan<float>().Slice(i * width, width));
            textRows[i] = dropped ? data.EmptyTextRow : example.TextRow;
            coefficients[i] = ofModel
                ? FinetuneLoss.ModelCoefficient(example.Weight, options.BatchSize)
                : FinetuneLoss.PretrainingCoefficient(options.PretrainingWeight, pretrainingImages);
        }
        return new FinetuneBatch(latents.To(backend), noise.To(backend), timesteps, data.TextStates.Gather(textRows).To(backend),
            coefficients);
    }

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
