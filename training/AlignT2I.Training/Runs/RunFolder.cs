using AlignT2I.Feedback;
using AlignT2I.Files;

namespace AlignT2I.Training.Runs;

/// <summary>A run folder: where an experiment's prompts, images, labels, caches, models and reports lie.
/// One process at a time writes in it.</summary>
/// <remarks>Every file in it is written under a temporary name and renamed, or appended to line by line:
/// a kill loses at most the step in flight.</remarks>
public sealed class RunFolder : IDisposable
{
    readonly RunLock? runLock;
    readonly bool isRun;

    RunFolder(string path, RunLock? runLock, Shard shard, bool isRun)
    {
        Path = path;
        this.runLock = runLock;
        Shard = shard;
        this.isRun = isRun;
    }

    /// <summary>The folder, as the caller named it.</summary>
    public string Path { get; }

    /// <summary>The part of the work that this process does.</summary>
    public Shard Shard { get; }

    /// <summary>Prompts: one <see cref="Prompts.Prompt"/> per line.</summary>
    public string PromptsFile => PromptsFileIn(Path);

    /// <summary>The grammar that the prompts are of.</summary>
    public string GrammarFile => In("grammar.json");

    /// <summary>Folder of the PNG files.</summary>
    public string ImagesFolder => isRun ? In("images") : Path;

    /// <summary>Whether it may hold images of one prompt and seed that were drawn in several ways:
    /// a folder of pictures may, a run not.</summary>
    public bool KeepsVariants => !isRun;

    /// <summary>Labels: one line each.</summary>
    public string FeedbackFile => In("feedback.jsonl");

    /// <summary>Folder of cached CLIP embeddings.</summary>
    public string EmbeddingsFolder => In("embeddings");

    /// <summary>Folder of cached latents and text states.</summary>
    public string LatentsFolder => In("latents");

    /// <summary>Folder of the reward model.</summary>
    public string RewardFolder => In("reward");

    /// <summary>Folder of the fine-tuned model.</summary>
    public string FinetunedFolder => In("finetuned");

    /// <summary>Folder of checkpoints.</summary>
    public string CheckpointsFolder => In("checkpoints");

    /// <summary>Folder of the report.</summary>
    public string ReportFolder => In("report");

    /// <summary>Folder of TensorBoard's event files.</summary>
    public string EventsFolder => In("events");

    /// <summary>The figures of training, one line per interval.</summary>
    public string LogFile => In("log.jsonl");

    /// <summary>The list of images that this process appends to: images.jsonl, or that of its shard.</summary>
    string ManifestFile => In(Shard.Count == 1 ? "images.jsonl" : $"images.{Shard.Index}-of-{Shard.Count}.jsonl");

    /// <summary>Opens a run folder for this process alone, making it where it does not exist.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="shard">The part of the work that this process does; each shard of a folder has a lock of its own.</param>
    /// <exception cref="UsageException">Another process is working in it.</exception>
    /// <exception cref="StorageException">The folder cannot be made or written: read-only, no permission, disk full.</exception>
    public static RunFolder Open(string path, Shard? shard = null) => Open(path, shard ?? Shard.All, isRun: true);

    /// <summary>Opens a run folder beside the process that has opened it: to read it, and write nothing.</summary>
    /// <param name="path">The folder.</param>
    public static RunFolder Follow(string path) => new(path, runLock: null, Shard.All, isRun: true);

    /// <summary>Opens a folder of pictures: PNG files and images.jsonl side by side, and nothing else of a run.</summary>
    /// <inheritdoc cref="Open(string, Shard?)"/>
    public static RunFolder OpenPictures(string path, Shard? shard = null) => Open(path, shard ?? Shard.All, isRun: false);

    static RunFolder Open(string path, Shard part, bool isRun)
    {
        string lockFolder = part.Count == 1 ? path : System.IO.Path.Combine(path, ".shards", $"{part.Index}-of-{part.Count}");
        return new RunFolder(path, RunLock.Acquire(lockFolder), part, isRun);
    }

    /// <summary>Where the prompts of a run folder are, without opening it.</summary>
    public static string PromptsFileIn(string path) => System.IO.Path.Combine(path, "prompts.jsonl");

    /// <summary>A folder of the same layout inside this one, under this one's lock.</summary>
    /// <param name="name">Its name, as in <c>evaluation/original</c>.</param>
    /// <exception cref="StorageException">The folder cannot be made.</exception>
    public RunFolder Nested(string name) => new(Make(In(name)), runLock: null, Shard, isRun);

    /// <summary>Makes a folder of the run, as <see cref="RewardFolder"/>, where it does not exist.</summary>
    /// <returns><paramref name="folder"/>.</returns>
    /// <exception cref="StorageException">The folder cannot be made.</exception>
    public static string Make(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return folder;
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            throw StorageException.From(e, folder, "created");
        }
    }

    /// <summary>Reads the manifest of the images, of all shards, in the order of their ids.</summary>
    /// <exception cref="UsageException">There are no images yet.</exception>
    /// <exception cref="FileFormatException">A line is not a record of an image, or names a file outside the folder.</exception>
    public IReadOnlyList<ImageRecord> ReadImages()
    {
        IReadOnlyList<ImageRecord> images = ImageManifest.Read(Path);
        return images.Count > 0 ? images
            : throw new UsageException($"{Path}: there are no images; draw some with 'align generate --run {Path}' first.");
    }

    /// <summary>Reads the labels that raters gave.</summary>
    /// <exception cref="UsageException">There are no labels yet.</exception>
    /// <exception cref="FileFormatException">A line is not a label.</exception>
    public IReadOnlyList<FeedbackRecord> ReadFeedback() => File.Exists(FeedbackFile) ? Feedback.FeedbackFile.Read(FeedbackFile)
        : throw new UsageException($"{Path}: there are no labels; people give them by 'feedback-server --run {Path}', "
            + $"for the miniature the simulated rater by 'align rate --run {Path} --simulated'.");

    /// <summary>Where an image's file is.</summary>
    public string PathOf(ImageRecord record) => In(record.File);

    /// <summary>The file of an image, as its record says it.</summary>
    internal string FileOf(string imageId) => isRun ? $"images/{imageId}.png" : $"{imageId}.png";

    /// <summary>Opens the manifest for appending.</summary>
    internal JsonLinesWriter<ImageRecord> OpenManifest() => ImageManifest.Open(ManifestFile);

    /// <summary>Writes the manifest whole.</summary>
    internal void WriteManifest(IEnumerable<ImageRecord> images) => ImageManifest.Write(ManifestFile, images);

    /// <summary>The records that there are, none where there is no manifest.</summary>
    internal IReadOnlyList<ImageRecord> ExistingImages() => ImageManifest.Read(Path);

    /// <summary>Gives the folder back to other processes.</summary>
    public void Dispose() => runLock?.Dispose();

    string In(string name) => System.IO.Path.Combine(Path, name);
}
