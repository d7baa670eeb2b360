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
    /// <exception cref="UsageException">There are no prompts, an option is out of range, or the folder has images made in another way.</exception>
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
        ImageRecord[] missing = [.. wanted.Where(r => !catalog.Has(r))];
        RunFolder.Make(run.ImagesFolder);
        using (JsonLinesWriter<ImageRecord> manifest = run.OpenManifest())
        {
            var steps = new GenerationProgress(progress, wanted.Length, pipeline.Scheduler.Timesteps.Count, done: wanted.Length - missing.Length);
            foreach (ImageRecord[] batch in missing.Chunk(options.BatchSize))
            {
                Image[] images = pipeline.Generate(
                    [.. batch.Select(r => r.Text)], [.. batch.Select(r => r.Seed)], options.ForPipeline,
                    (step, _, _) => steps.Report(batch.Length, step), cancellationToken);
                for (int i = 0; i < batch.Length; i++)
                {
                    Png.Write(run.PathOf(batch[i]), images[i], ImageMetadata.Of(batch[i], images[i], Label, model.Name));
                    manifest.Append(batch[i]);
                }
                steps.Finish(batch.Length);
            }
            manifest.FlushToDisk();
        }
        return wanted;
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
