using AlignT2I.Engine;
using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Models.Pipelines;
using AlignT2I.Models.Schedulers;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Generation;

/// <summary>Draws the images of prompts into a folder, in batches, going on where an earlier run was stopped.</summary>
/// <remarks>An image depends on its prompt, its seed and the model; neither on the batch nor on the shard that it is drawn in.</remarks>
/// <param name="pipeline">The model.</param>
/// <param name="model">What the images say of the model: <see cref="ModelFolder.Identify"/>.</param>
public sealed class ImageGenerator(StableDiffusionPipeline pipeline, ModelIdentity model)
{
    /// <summary>Draws what is missing of the images. A PNG is renamed into place, then its line is added to images.jsonl.</summary>
    /// <param name="run">The folder.</param>
    /// <param name="prompts">The prompts with their images, ids unique.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told after every step of denoising.</param>
    /// <param name="cancellationToken">Ends the work; what is drawn stays and is not drawn again.</param>
    /// <returns>The records of the images that this process is to have made, in the order of prompts and images.</returns>
    /// <exception cref="UsageException">There are no prompts, an option is out of range, or the folder has
    /// images made in another way.</exception>
    /// <exception cref="StorageException">The folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<ImageRecord> Run(
        RunFolder run, IReadOnlyList<GenerationPrompt> prompts, ImageGenerationOptions options,
        IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options.Validate();
        pipeline.Scheduler.SetTimesteps(options.Steps);
        if (prompts.Count == 0)
            throw new UsageException($"{run.PromptsFile}: there is no prompt to draw; write some first.");
        var catalog = new ImageCatalog(run);
        ImageRecord[] wanted = [.. Plan(run.Shard, prompts, options).Select(catalog.Place)];
        RunFolder.Make(run.ImagesFolder);
        using (JsonLinesWriter<ImageRecord> manifest = run.OpenManifest())
        {
            ImageRecord[] missing = [.. wanted.Where(r => !catalog.Has(r) && !Adopt(run, r, manifest))];
            var steps = new GenerationProgress(
                progress, wanted.Length, pipeline.Scheduler.Timesteps.Count, done: wanted.Length - missing.Length);
            using var states = new PromptStates(pipeline, [.. missing.Select(r => r.Text).Distinct()], options.NegativePrompt);
            using var writer = new ImageWriter((record, image) =>
            {
                Png.Write(run.PathOf(record), image, ImageMetadata.Of(record, image, Label, model.Name));
                manifest.Append(record);
            });
            foreach (ImageRecord[] batch in missing.Chunk(options.BatchSize))
            {
                using MemoryScope scope = MemoryScope.Open();
                Image[] images = pipeline.Generate(
                    states.Of([.. batch.Select(r => r.Text)]), states.Negative, [.. batch.Select(r => r.Seed)], options.ForPipeline,
                    (step, _, _) => steps.Report(batch.Length, step), cancellationToken);
                for (int i = 0; i < batch.Length; i++)
                    writer.Add(batch[i], images[i]);
                steps.Finish(batch.Length);
            }
            writer.Finish();
            manifest.FlushToDisk();
        }
        return wanted;
    }

    /// <summary>Lists an image that a killed process had written and not listed: one that says of itself just what it is to be.</summary>
    bool Adopt(RunFolder run, ImageRecord record, JsonLinesWriter<ImageRecord> manifest)
    {
        string path = run.PathOf(record);
        if (!File.Exists(path))
            return false;
        try
        {
            PngImage png = Png.Read(path);
            Dictionary<string, string> expected = ImageMetadata.Of(record, png.Image, Label, model.Name);
            bool same = png.Image.Width == (record.Width ?? png.Image.Width) && png.Image.Height == (record.Height ?? png.Image.Height)
                && expected.All(text => png.Text.TryGetValue(text.Key, out string? found) && found == text.Value);
            if (same)
                manifest.Append(record);
            return same;
        }
        catch (FileFormatException)
        {
            return false;       // damaged: it is drawn again
        }
    }

    string Label => Sampler.OfClass(pipeline.Scheduler.Config.ClassName, "scheduler").Label;

    /// <summary>The records of this shard's images, named as they would be in an empty folder.</summary>
    IEnumerable<ImageRecord> Plan(Shard shard, IReadOnlyList<GenerationPrompt> prompts, ImageGenerationOptions options)
    {
        long item = 0;
        foreach (GenerationPrompt prompt in prompts)
        {
            foreach (ImageSeed image in prompt.Images)
            {
                if (!shard.Has(item++))
                    continue;
                yield return new ImageRecord(
                    $"{prompt.Id}-{image.Name}", File: "", prompt.Id, prompt.Text, image.Seed,
                    model.Hash, pipeline.Scheduler.Config.ClassName, options.Steps, options.GuidanceScale,
                    options.NegativePrompt, options.Height, options.Width);
            }
        }
    }
}
