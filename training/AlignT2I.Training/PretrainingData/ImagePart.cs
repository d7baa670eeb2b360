using AlignT2I.Files;

namespace AlignT2I.Training.PretrainingData;

/// <summary>A shard or a folder of captioned images: it is read from its beginning to its end, once.</summary>
/// <param name="path">The file or folder.</param>
internal abstract class ImagePart(string path)
{
    /// <summary>The file or folder, as the caller named it.</summary>
    public string Path => path;

    /// <summary>Changes when the content does.</summary>
    public abstract string Stamp();

    /// <summary>Reads the images, one in memory at a time.</summary>
    /// <param name="report">Told of what is skipped: where, and why.</param>
    /// <exception cref="UsageException">There is no such file or folder.</exception>
    /// <exception cref="StorageException">It cannot be opened.</exception>
    public abstract IEnumerable<CaptionedImage> Read(Action<FileFormatException> report);

    /// <summary>Length of a file and when it was last written, as a caption may be replaced by one as long; empty where there is
    /// none.</summary>
    protected static string StampOf(string file) => new FileInfo(file) is { Exists: true } found
        ? FormattableString.Invariant($"{found.Length}-{found.LastWriteTimeUtc.Ticks}") : "";

    /// <summary>The parts that a path names: a tar, a folder with tars, or a folder with images.</summary>
    /// <exception cref="UsageException">There is nothing of that name, or nothing of use in it.</exception>
    public static IReadOnlyList<ImagePart> Of(string path)
    {
        if (File.Exists(path))
            return [new TarShard(path)];
        if (!Directory.Exists(path))
            throw new UsageException(
                $"{path}: there is no such file or folder; name tar shards, a folder of them, or a folder with images and captions.");
        string[] shards = [.. Directory.EnumerateFiles(path).Where(TarShard.IsName).Order(StringComparer.Ordinal)];
        return shards.Length > 0 ? [.. shards.Select(s => new TarShard(s))] : [new ImageFolder(path)];
    }
}
