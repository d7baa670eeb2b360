using System.Globalization;
using AlignT2I.Engine;
using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Models.Pipelines;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Generation;

/// <summary>Draws the images of a run: prompts times images per prompt, in batches, going on where an earlier run was stopped.</summary>
/// <remarks>An image depends on its prompt, number, the seed and the model; neither on the batch nor on the shard that it is drawn in.</remarks>
/// <param name="pipeline">The model.</param>
/// <param name="modelHash">Tells the UNet from others: <see cref="ContentHash.OfFile"/> of its weights.</param>
public sealed class ImageGenerator(StableDiffusionPipeline pipeline, string modelHash)
{
    internal const int MostImagesPerPrompt = 10_000;

    /// <summary>Draws what is missing of a run's images. A PNG is renamed into place, then its line is added to images.jsonl.</summary>
    /// <param name="run">The run folder.</param>
    /// <param name="prompts">The prompts, ids unique.</param>
    /// <param name="options">How many and how.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellationToken">Ends the work; what is drawn stays and is not drawn again.</param>
    /// <returns>The records of the images of these prompts that this process is to have made, in the order of prompts and numbers.</returns>
    /// <exception cref="UsageException">There are no prompts, an option is out of range, or the folder has images made in another way.</exception>
    /// <exception cref="StorageException">The folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<ImageRecord> Run(
        RunFolder run, IReadOnlyList<GenerationPrompt> prompts, ImageGenerationOptions options,
        IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options.Validate();
        if (prompts.Count == 0)
            throw new UsageException($"{run.PromptsFile}: there is no prompt to draw; write some first.");
        ImageRecord[] wanted = [.. Plan(run.Shard, prompts, options)];
        Dictionary<string, ImageRecord> existing = run.ExistingImages().ToDictionary(r => r.Id);
        foreach (ImageRecord record in wanted)
        {
            if (existing.TryGetValue(record.Id, out ImageRecord? found) && found != record)
            {
                throw new UsageException($"{run.PathOf(record)}: it was made in another way ({Describe(found)}; now {Describe(record)}); "
                    + "choose another run folder, or give the same model and options.");
            }
        }
        ImageRecord[] missing = [.. wanted.Where(r => !existing.ContainsKey(r.Id) || !IsWhole(run.PathOf(r)))];
        RunFolder.Make(run.ImagesFolder);
        using (JsonLinesWriter<ImageRecord> manifest = run.OpenManifest())
        {
            int done = wanted.Length - missing.Length;
            foreach (ImageRecord[] batch in missing.Chunk(options.BatchSize))
            {
                Draw(run, batch, manifest, cancellationToken);
                progress?.Report(new StageProgress("generate", done += batch.Length, wanted.Length, "image"));
            }
            manifest.FlushToDisk();
        }
        return wanted;
    }

    void Draw(RunFolder run, ImageRecord[] batch, JsonLinesWriter<ImageRecord> manifest, CancellationToken cancellationToken)
    {
        var options = new GenerationOptions { NumInferenceSteps = batch[0].Steps, GuidanceScale = batch[0].GuidanceScale };
        Image[] images = pipeline.Generate(
            [.. batch.Select(r => r.Text)], [.. batch.Select(r => r.Seed)], options, cancellation: cancellationToken);
        for (int i = 0; i < batch.Length; i++)
        {
            Png.Write(run.PathOf(batch[i]), images[i], Metadata(batch[i], images[i]));
            manifest.Append(batch[i]);
        }
    }

    /// <summary>The records of this shard's images, as they will be once drawn.</summary>
    IEnumerable<ImageRecord> Plan(Shard shard, IReadOnlyList<GenerationPrompt> prompts, ImageGenerationOptions options)
    {
        long item = 0;
        foreach (GenerationPrompt prompt in prompts)
        {
            for (int number = 0; number < options.ImagesPerPrompt; number++)
            {
                if (!shard.Has(item++))
                    continue;
                string id = string.Create(CultureInfo.InvariantCulture, $"{prompt.Id}-{number:D4}");
                yield return new ImageRecord(
                    id, $"images/{id}.png", prompt.Id, prompt.Text, SeedOf(options.Seed, prompt.Id, number),
                    modelHash, pipeline.Scheduler.Config.ClassName, options.Steps, options.GuidanceScale);
            }
        }
    }

    /// <summary>Seed of an image: 32 bits, as many as PyTorch's generator takes, from a hash of the run's seed, the prompt and the number.</summary>
    internal static ulong SeedOf(ulong seed, string promptId, int number)
    {
        ulong hash = Fnv1a.Hash(string.Create(CultureInfo.InvariantCulture, $"{seed}/{promptId}/{number}"));
        hash ^= hash >> 33;
        hash *= 0xFF51AFD7ED558CCD;     // MurmurHash3's finalizer: FNV alone leaves neighbours alike
        return hash >> 32;
    }

    /// <summary>The PNG's texts; <c>parameters</c> is what common image tools read.</summary>
    static Dictionary<string, string> Metadata(ImageRecord record, Image image) => new()
    {
        ["parameters"] = string.Create(CultureInfo.InvariantCulture,
            $"{record.Text}\nSteps: {record.Steps}, Sampler: {record.Sampler}, CFG scale: {record.GuidanceScale}, "
            + $"Seed: {record.Seed}, Size: {image.Width}x{image.Height}, Model hash: {record.ModelHash}"),
        ["prompt"] = record.Text,
        ["seed"] = record.Seed.ToString(CultureInfo.InvariantCulture),
        ["model_hash"] = record.ModelHash,
        ["sampler"] = record.Sampler,
        ["steps"] = record.Steps.ToString(CultureInfo.InvariantCulture),
        ["guidance_scale"] = record.GuidanceScale.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Whether a PNG is there and can be read; one that is damaged is drawn again.</summary>
    static bool IsWhole(string path)
    {
        if (!File.Exists(path))
            return false;
        try
        {
            Png.Read(path);
            return true;
        }
        catch (FileFormatException)
        {
            return false;
        }
    }

    static string Describe(ImageRecord r) => string.Create(CultureInfo.InvariantCulture,
        $"model {r.ModelHash}, seed {r.Seed}, {r.Sampler}, {r.Steps} steps, guidance {r.GuidanceScale}, prompt '{r.Text}'");
}
