using AlignT2I.Engine;
using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Models.Pipelines;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Miniature;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Finetuning;

/// <summary>
/// What fine-tuning reads of the frozen networks, computed once and kept in the run folder: VAE latents of images, text states of prompts.
/// </summary>
/// <remarks>
/// Text states, the larger by far, are kept in what the UNet computes in: it would round them to that first of all. Latents are float32,
/// because noise is added to them before they are rounded.
/// </remarks>
/// <param name="run">The run folder; the tables are in its <c>latents/</c>.</param>
/// <param name="model">The model with its VAE and text encoder.</param>
/// <param name="modelHash">Tells VAE and text encoder from others.</param>
/// <param name="textType">What text states are kept in: float32, bfloat16 or float16.</param>
public sealed class LatentCache(RunFolder run, StableDiffusionModel model, string modelHash, DType textType = DType.F32) : IDisposable
{
    /// <summary>Of small pictures so many are encoded at a time; of 512 x 512 pixels one, whose feature maps take a gigabyte.</summary>
    const int MostAtOnce = 32, MostPixels = 1 << 18;

    readonly int batchSize = Math.Clamp(MostPixels / (Side(model) * Side(model)), 1, MostAtOnce);

    readonly RowCache latents = new(
        Path.Combine(run.LatentsFolder, $"latents-{modelHash}"),
        [model.UNet.Config.SampleSize, model.UNet.Config.SampleSize, model.UNet.Config.InChannels]);

    readonly RowCache texts = new(
        Path.Combine(run.LatentsFolder, $"text-{modelHash}{(textType.IsHalf ? $"-{textType.Name}" : "")}"),
        [model.Tokenizer.ModelMaxLength, model.TextEncoder.Config.HiddenSize], textType);

    readonly StableDiffusionPipeline pipeline = new(model);
    readonly ClipImageProcessor cutting = new(Side(model));

    /// <summary>Tells VAE and text encoder from others.</summary>
    internal string ModelHash => modelHash;

    /// <summary>Key of a rendered pre-training scene's row.</summary>
    public static string RenderedKey(ulong seed) => FormattableString.Invariant($"rendered-{seed}");

    /// <summary>Latents of the run's images, by <see cref="EmbeddingCache.Key"/>: the mean of the VAE's distribution, scaled.</summary>
    /// <exception cref="FileFormatException">An image or the cache is damaged.</exception>
    /// <exception cref="StorageException">The cache cannot be written.</exception>
    public RowTable Images(
        IReadOnlyList<ImageRecord> images, IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default) =>
        latents.Ensure(
            images, EmbeddingCache.Key, batch => pipeline.EncodeImages([.. batch.Select(r => Png.Read(run.PathOf(r)).Image)]),
            batchSize, "encode images", progress, cancellationToken);

    /// <summary>Latents of rendered pre-training scenes, by <see cref="RenderedKey"/>, in the same table.</summary>
    /// <exception cref="StorageException">The cache cannot be written.</exception>
    public RowTable Rendered(
        IReadOnlyList<ulong> seeds, IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default) =>
        latents.Ensure(seeds, RenderedKey, batch => pipeline.EncodeImages([.. batch.Select(Render)]), batchSize, "encode scenes", progress,
            cancellationToken);

    /// <summary>Latents of pictures of any size, cut to the model's, in the same table.</summary>
    /// <exception cref="StorageException">The cache cannot be written.</exception>
    internal RowTable Pictures(IReadOnlyList<(string Key, Image Pixels)> pictures, CancellationToken cancellationToken = default) =>
        latents.Ensure(
            pictures, p => p.Key, batch => pipeline.EncodeImages([.. batch.Select(p => Cut(p.Pixels))]),
            batchSize, "encode images", null, cancellationToken);

    /// <summary>Whether there are latents of all these keys.</summary>
    /// <exception cref="FileFormatException">The cache is damaged.</exception>
    internal bool Has(IEnumerable<string> keys) => latents.Has(keys);

    /// <summary>Text states of prompts, by the text itself.</summary>
    /// <exception cref="StorageException">The cache cannot be written.</exception>
    public RowTable Texts(
        IReadOnlyList<string> prompts, IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default) =>
        texts.Ensure(prompts, t => t, batch => pipeline.Encode(batch), MostAtOnce, "encode prompts", progress, cancellationToken);

    /// <summary>Closes the tables that it gave.</summary>
    public void Dispose()
    {
        latents.Dispose();
        texts.Dispose();
    }

    /// <summary>Height and width of the model's pictures in pixels.</summary>
    static int Side(StableDiffusionModel model) => model.UNet.Config.SampleSize * model.Vae.Config.DownsamplingFactor;

    Image Cut(Image image) => new(cutting.Size, cutting.Size, 3, cutting.ResizeAndCrop(image));

    static Image Render(ulong seed)
    {
        byte[] rgb = new byte[SceneRenderer.ByteCount];
        SceneRenderer.Render(SceneSampler.SamplePretraining(seed).Scene, rgb);
        return new Image(SceneRenderer.Size, SceneRenderer.Size, 3, rgb);
    }
}
