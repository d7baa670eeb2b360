using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AlignT2I.Engine;
using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Models.Inception;
using AlignT2I.Models.Metrics;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Evaluation;

/// <summary>
/// Statistics of images in the features of the Fréchet Inception distance. Features are kept: those of an image are computed once.
/// </summary>
public sealed class InceptionStatistics : IDisposable
{
    const int BatchSize = 16;

    static readonly string[] endings = [".png", ".jpg", ".jpeg", ".webp"];

    readonly InceptionFeatures network;

    InceptionStatistics(InceptionFeatures network, string hash) => (this.network, Hash) = (network, hash);

    /// <summary>Hash of the network's weights.</summary>
    public string Hash { get; }

    /// <summary>Reads the network.</summary>
    /// <param name="path">Its file, as <c>weights-converter</c> writes it.</param>
    /// <param name="backend">Where it computes; null is the CPU.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">The file is damaged, or not of this network.</exception>
    public static InceptionStatistics Load(string path, Backend? backend = null) =>
        new(InceptionFeatures.Load(path, backend), ContentHash.OfFile(path));

    /// <summary>Those of images of a run.</summary>
    /// <param name="folder">The folder that the images lie in; the features are kept there.</param>
    /// <param name="records">The images, two at least.</param>
    /// <param name="progress">Told while features are computed.</param>
    /// <param name="cancellationToken">Ends the work between batches; what is computed is kept.</param>
    /// <exception cref="FileFormatException">An image is damaged.</exception>
    public FeatureStatistics Of(
        RunFolder folder, IReadOnlyList<ImageRecord> records,
        IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Of(folder.EmbeddingsFolder, records, EmbeddingCache.Key, folder.PathOf, progress, cancellationToken);

    /// <summary>
    /// Those of reference images: the PNG, JPEG and WebP files of a folder, or a file that <see cref="FeatureStatisticsFile"/> reads.
    /// </summary>
    /// <param name="path">Folder or file.</param>
    /// <param name="cacheFolder">Where features, and the statistics of a folder that has not changed since, are kept.</param>
    /// <param name="progress">Told while features are computed.</param>
    /// <param name="cancellationToken">Ends the work between batches; what is computed is kept.</param>
    /// <exception cref="UsageException">The folder has fewer than two images.</exception>
    /// <exception cref="FileFormatException">An image or the file is damaged, or the statistics are of another network.</exception>
    public FeatureStatistics OfReference(
        string path, string cacheFolder, IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (!Directory.Exists(path))
        {
            FeatureStatistics read = FeatureStatisticsFile.Read(path);
            return read.Features == InceptionV3.Features ? read : throw new FileFormatException(
                path, $"it has statistics of {read.Features} features; the network has {InceptionV3.Features}.");
        }
        FileInfo[] files =
        [
            .. new DirectoryInfo(path).EnumerateFiles().Where(f => endings.Contains(f.Extension.ToLowerInvariant()))
                .OrderBy(f => f.Name, StringComparer.Ordinal),
        ];
        if (files.Length < 2)
        {
            throw new UsageException(
                $"{path}: there are {files.Length} images; expected a folder of two or more PNG, JPEG or WebP files.");
        }
        byte[] state = Encoding.UTF8.GetBytes(string.Join('\n', files.Select(Key).Prepend(Hash)));
        string listing = Convert.ToHexStringLower(SHA256.HashData(state))[..16];
        string kept = Path.Combine(RunFolder.Make(cacheFolder), $"reference-{listing}.safetensors");
        if (File.Exists(kept))
            return FeatureStatisticsFile.Read(kept);
        FeatureStatistics statistics = Of(cacheFolder, files, Key, f => f.FullName, progress, cancellationToken);
        FeatureStatisticsFile.Write(kept, statistics);
        return statistics;
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => network.Dispose();

    FeatureStatistics Of<T>(
        string cacheFolder, IReadOnlyList<T> images, Func<T, string> keyOf, Func<T, string> pathOf,
        IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        using var cache = new RowCache(Path.Combine(cacheFolder, $"inception-{Hash}"), [InceptionV3.Features]);
        RowTable table = cache.Ensure(
            images, keyOf, batch => network.Of([.. batch.Select(i => ImageFile.Read(pathOf(i)))]), BatchSize,
            "Inception features", progress, cancellationToken);
        return FeatureStatistics.Of(images.Count, InceptionV3.Features, (row, values) =>
        {
            ReadOnlySpan<float> features = table[keyOf(images[row])];
            for (int i = 0; i < features.Length; i++)
                values[i] = features[i];
        });
    }

    static string Key(FileInfo file) =>
        string.Create(CultureInfo.InvariantCulture, $"{file.FullName}@{file.Length}-{file.LastWriteTimeUtc.Ticks}");
}
