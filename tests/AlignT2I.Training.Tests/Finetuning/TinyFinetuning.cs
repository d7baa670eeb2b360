using AlignT2I.Engine;
using AlignT2I.Models.Schedulers;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Communicators;
using AlignT2I.Training.Finetuning;

namespace AlignT2I.Training.Tests.Finetuning;

/// <summary>A random UNet of a few thousand parameters and random latents to fine-tune it on.</summary>
internal sealed class TinyFinetuning : IDisposable
{
    static readonly UNet2DConditionConfig config = new()
    {
        SampleSize = 4,
        DownBlockTypes = ["CrossAttnDownBlock2D", "DownBlock2D"],
        UpBlockTypes = ["UpBlock2D", "CrossAttnUpBlock2D"],
        BlockOutChannels = [8, 16],
        LayersPerBlock = 1,
        NormNumGroups = 4,
        CrossAttentionDim = 6,
        AttentionHeadDim = [2],
    };

    public static readonly FinetuneOptions Options = new()
    {
        Steps = 12,
        BatchSize = 4,
        PretrainingBatchSize = 3,
        MicroBatchSize = 8,
        LearningRate = 1e-3,
        WarmupSteps = 2,
        CheckpointSteps = 5,
        KeepCheckpoints = 2,
        LogSteps = 5,
        EmaDecay = 0.9,
        LearningRateDecay = LearningRateDecay.Cosine,
        GradientCheckpointing = false,
    };

    readonly UNet2DCondition unet;

    public TinyFinetuning(DType dtype = DType.F32, Backend? backend = null)
    {
        Parameters = new ParameterStore(backend ?? Backend.Cpu, dtype, new RandomParameters(seed: 3), masters: true);
        unet = new UNet2DCondition(Parameters.Root, config);
        Parameters.Finish();
    }

    public ParameterStore Parameters { get; }

    public static FinetuneData Data(float rewardScale = 1, DType textType = DType.F32)
    {
        var random = new Philox(11);
        RowTable latents = new([4, 4, 4]), texts = new([5, 6], textType);
        for (int i = 0; i < 20; i++)
            latents.Add($"image {i}", Row(random, latents.Width));
        texts.Add("", Row(random, texts.Width));
        for (int i = 0; i < 4; i++)
            texts.Add($"prompt {i}", Row(random, texts.Width));
        return new FinetuneData(
            latents, texts, EmptyTextRow: 0,
            [.. Enumerable.Range(0, 10).Select(i => new FinetuneExample(i, 1 + i % 4, rewardScale * i / 10))],
            [.. Enumerable.Range(10, 10).Select(i => new FinetuneExample(i, 1 + i % 4, 1))]);
    }

    public FinetuneTrainer Trainer(FinetuneOptions? options = null, FinetuneData? data = null, Communicator? communicator = null) =>
        new(unet, FinetuneStage.Trained(Parameters, options ?? Options), new DdpmScheduler(new SchedulerConfig()), data ?? Data(),
            options ?? Options, communicator);

    /// <summary>Weights and their averages.</summary>
    public float[] State(FinetuneTrainer trainer) =>
        [.. Parameters.Parameters.Concat(trainer.Averages).SelectMany(p => p.Value.ToArray<float>())];

    public void Dispose() => Parameters.Dispose();

    static float[] Row(Philox random, int width)
    {
        float[] row = new float[width];
        random.Normal(row);
        return row;
    }
}
