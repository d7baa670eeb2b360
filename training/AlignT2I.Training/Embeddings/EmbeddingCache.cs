using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Embeddings;

/// <summary>CLIP embeddings of a run's images and of texts: each is computed once and kept in the run folder,
/// apart for each CLIP.</summary>
/// <param name="run">The run folder; the tables are in its <c>embeddings/</c>.</param>
/// <param name="clip">The CLIP.</param>
public sealed class EmbeddingCache(RunFolder run, ClipEmbedder clip) : IDisposable
{
    const int BatchSize = 64;

    readonly RowCache images = new(Path.Combine(run.EmbeddingsFolder, $"images-{clip.Hash}"), [clip.Dim]);
    readonly RowCache texts = new(Path.Combine(run.EmbeddingsFolder, $"texts-{clip.Hash}"), [clip.Dim]);

    /// <summary>Tells the CLIP from others.</summary>
    internal string ClipHash => clip.Hash;

    /// <summary>Key of an image's row: its file and how it was made, so that an image made anew is embedded anew.</summary>
    public static string Key(ImageRecord image) =>
        FormattableString.Invariant($"{image.File}@{image.ModelHash}-{image.Seed}-{image.Sampler}-{image.Steps}-{image.GuidanceScale}")
        + (image.NegativePrompt.Length > 0 || image.Height is not null || image.Width is not null
            ? FormattableString.Invariant($"-{image.Height}x{image.Width}-{image.NegativePrompt}") : "");

    /// <summary>Embeddings of images; rows of length 1 by <see cref="Key"/>.</summary>
    /// <exception cref="FileFormatException">An image or the cache is damaged.</exception>
    /// <exception cref="StorageException">The cache cannot be written.</exception>
    public RowTable Images(
        IReadOnlyList<ImageRecord> records, IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default) =>
        images.Ensure(
            records, Key, batch => clip.EmbedImages([.. batch.Select(r => Png.Read(run.PathOf(r)).Image)]),
            BatchSize, "embed images", progress, cancellationToken);

    /// <summary>Embeddings of texts; rows of length 1 by the text itself.</summary>
    /// <exception cref="FileFormatException">The cache is damaged.</exception>
    /// <exception cref="StorageException">The cache cannot be written.</exception>
    public RowTable Texts(
        IReadOnlyList<string> prompts, IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default) =>
        texts.Ensure(prompts, t => t, batch => clip.EmbedTexts(batch), BatchSize, "embed texts", progress, cancellationToken);

    /// <summary>Closes the tables that it gave.</summary>
    public void Dispose()
    {
        images.Dispose();
        texts.Dispose();
    }
}
