using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Finetuning;

/// <summary>How much memory a fine-tuning will take, roughly, before it starts.</summary>
/// <param name="Parameters">Parameters of the UNet.</param>
/// <param name="Trained">Those that are trained: all, those of some modules, or those of the adaptation.</param>
/// <param name="State">Bytes of parameters, masters, gradients, AdamW's two moments and the average.</param>
/// <param name="PerImage">Bytes of what backward needs of one image of a micro-batch.</param>
/// <param name="Frozen">Bytes of the networks beside the UNet: VAE, text encoder, and the CLIP of the reward.</param>
/// <param name="Packed">Bytes of the kernels' own copies of the UNet's weights, which are made where there is room and go where it
/// shrinks; see <see cref="WithPacked"/>.</param>
public sealed record FinetuneMemory(long Parameters, long Trained, long State, long PerImage, long Frozen = 0, long Packed = 0)
{
    /// <summary>
    /// Feature maps that the tape holds of the inside of a residual block and of a transformer block, counted in the blocks' code, and of
    /// what goes into each: a residual block on the way up reads two maps side by side.
    /// </summary>
    const double InResnet = 8, InTransformer = 26, BeforeResnet = 2, BeforeTransformer = 1;

    /// <summary>Share of the free memory that a chosen micro-batch may take: the estimate is rough, and others want memory too.</summary>
    const double UsableShare = 0.8;

    /// <summary>Bytes at the highest point.</summary>
    /// <param name="microBatchSize">Images in one pass.</param>
    public long Peak(int microBatchSize) => Frozen + State + PerImage * microBatchSize + Packed;

    /// <summary>Predicts from the configuration and the headers of weight files; no weights are read.</summary>
    /// <param name="modelFolder">The model.</param>
    /// <param name="clipFolder">The CLIP that the reward was trained on; null where it is in memory already.</param>
    /// <param name="options">How it is trained.</param>
    /// <exception cref="UsageException">A part is missing.</exception>
    /// <exception cref="FileFormatException">A file is damaged.</exception>
    public static FinetuneMemory Predict(string modelFolder, string? clipFolder, FinetuneOptions options)
    {
        string folder = ModelFolder.UNet(modelFolder);
        UNet2DConditionConfig config = UNet2DConditionConfig.Read(Path.Combine(folder, "config.json"));
        long frozen = ModelFolder.FrozenParameters(modelFolder) + (clipFolder is null ? 0 : ClipEmbedder.Parameters(clipFolder));
        return Predict(config, ModelFolder.Parameters(folder, ModelFolder.Weights), options) with { Frozen = frozen * sizeof(float) };
    }

    /// <summary>The same with the copies of weights that there is room for.</summary>
    /// <param name="modelFolder">The model.</param>
    /// <param name="options">How it is trained; the micro-batch is not 0.</param>
    /// <param name="backend">Where.</param>
    /// <inheritdoc cref="Predict(string, string?, FinetuneOptions)"/>
    public FinetuneMemory WithPacked(string modelFolder, FinetuneOptions options, Backend backend)
    {
        IReadOnlyList<Shape> products = ModelFolder.Products(ModelFolder.UNet(modelFolder), ModelFolder.Weights);
        long left = Math.Max(0, backend.AvailableBytes - Peak(options.MicroBatchSize));
        return this with { Packed = backend.PackedBytesOf(products, options.ComputeType ?? DType.F32, left) };
    }

    internal static FinetuneMemory Predict(UNet2DConditionConfig config, long parameters, FinetuneOptions options)
    {
        DType dtype = options.ComputeType ?? DType.F32;
        int master = sizeof(float) + (dtype.IsHalf ? dtype.Size : 0), optimizer = sizeof(float) * (options.EmaDecay > 0 ? 4 : 3);
        bool adapts = options.LoraRank > 0;
        long trained = adapts ? Adapted(config, options) : OfModules(config, options);
        long state = trained * optimizer + (adapts ? trained * master + parameters * dtype.Size : parameters * master);
        return new FinetuneMemory(parameters, trained, state, (long)(Maps(config, options.GradientCheckpointing) * dtype.Size));
    }

    /// <summary>
    /// The options with a micro-batch, where they leave it to the memory: the largest power of two that fits, at least 1.
    /// </summary>
    /// <param name="memory">What it takes.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="availableBytes">What there is.</param>
    internal static FinetuneOptions WithMicroBatch(FinetuneMemory memory, FinetuneOptions options, long availableBytes)
    {
        int size = 1;
        while (size < options.ImagesPerStep && memory.Peak(2 * size) < UsableShare * availableBytes)
            size *= 2;
        return options with { MicroBatchSize = size };
    }

    static long Adapted(UNet2DConditionConfig config, FinetuneOptions options)
    {
        using LowRankAdapters adapters = FinetuneStage.Adapters(options, Backend.Cpu)!;
        return adapters.CountFor(p => _ = new UNet2DCondition(p, config));
    }

    static long OfModules(UNet2DConditionConfig config, FinetuneOptions options) =>
        ParameterOutline.Of(p => _ = new UNet2DCondition(p, config)).Where(p => options.Trains(p.Name)).Sum(p => p.FileShape.Count);

    /// <summary>Values held for one image.</summary>
    static double Maps(UNet2DConditionConfig config, bool checkpointed)
    {
        double held = 0, largest = 0;
        for (int level = 0; level < config.Levels; level++)
        {
            double side = Math.Max(1, config.SampleSize >> level), map = side * side * config.BlockOutChannels[level];
            int blocks = 2 * config.LayersPerBlock + 1 + (level == config.Levels - 1 ? 2 : 0);
            bool attends = config.DownAttends(level) || config.UpAttends(level);
            (double resnet, double transformer) = checkpointed ? (BeforeResnet, BeforeTransformer) : (InResnet, InTransformer);
            held += blocks * map * (resnet + (attends ? transformer : 0));
            largest = Math.Max(largest, checkpointed ? map * (attends ? InTransformer : InResnet) : 0);
        }
        return held + largest;
    }
}
