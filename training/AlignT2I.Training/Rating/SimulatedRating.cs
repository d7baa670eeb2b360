using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Training.Miniature;
using AlignT2I.Training.Prompts;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Rating;

/// <summary>Labels the images of a run folder with the simulated rater, where people would sit in Lee et al. 2023, section 3.1.</summary>
public static class SimulatedRating
{
    /// <summary>Labels images and appends to feedback.jsonl; images that this rater has labelled are left out.</summary>
    /// <param name="run">The run folder: prompts.jsonl, images.jsonl and the images.</param>
    /// <param name="options">The rater.</param>
    /// <param name="progress">Told as it goes on.</param>
    /// <param name="cancellationToken">Ends the work after an image; what is labelled stays.</param>
    /// <returns>The labels that count, those from before among them.</returns>
    /// <exception cref="UsageException">There are no prompts or images, or a rate is out of range.</exception>
    /// <exception cref="FileFormatException">A file of the run is damaged, or an image is not 64x64.</exception>
    /// <exception cref="StorageException">feedback.jsonl cannot be written.</exception>
    public static IReadOnlyList<FeedbackRecord> Run(
        RunFolder run, SimulatedRatingOptions options, IProgress<StageProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options.Validate();
        Dictionary<string, ScenePrompt> prompts = RunPrompts.Read(run).ToDictionary(p => p.Id, ScenePrompt.Of);
        IReadOnlyList<ImageRecord> images = run.ReadImages();
        HashSet<string> labelled = File.Exists(run.FeedbackFile)
            ? [.. FeedbackFile.Read(run.FeedbackFile).Where(r => r.Rater == options.Name).Select(r => r.Image)] : [];
        var rater = new SimulatedRater(options.ErrorRate, options.SkipRate, options.Seed);
        using (FeedbackFile file = FeedbackFile.Open(run.FeedbackFile))
        {
            for (int i = 0; i < images.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ImageRecord image = images[i];
                if (ImageNumber(image) < options.ImagesPerPrompt && !labelled.Contains(image.File))
                {
                    if (!prompts.TryGetValue(image.PromptId, out ScenePrompt? prompt))
                    {
                        throw new FileFormatException(
                            run.PromptsFile, $"there is no prompt '{image.PromptId}', which the image {image.File} was made for.");
                    }
                    RaterVerdict verdict = rater.Rate(ReadPixels(run, image), prompt, i);
                    file.Append(new FeedbackRecord(image.File, image.Text, options.Name, Label(verdict), DateTimeOffset.UtcNow));
                }
                progress?.Report(new StageProgress("rate (simulated)", i + 1, images.Count, "image"));
            }
            file.FlushToDisk();
        }
        return FeedbackFile.Read(run.FeedbackFile);
    }

    /// <summary>The pixels of an image of the miniature world, [64, 64, 3].</summary>
    /// <exception cref="FileFormatException">The file is damaged or of another size.</exception>
    internal static byte[] ReadPixels(RunFolder run, ImageRecord image)
    {
        string path = run.PathOf(image);
        Image picture = Png.Read(path).Image;
        return picture is { Width: SceneRenderer.Size, Height: SceneRenderer.Size, Channels: 3 }
            ? picture.Pixels
            : throw new FileFormatException(
                path, $"the image has {picture.Width}x{picture.Height} pixels and {picture.Channels} channels; "
                    + $"the simulated rater judges {SceneRenderer.Size}x{SceneRenderer.Size} RGB.");
    }

    /// <summary>The number of an image among those of its prompt: the last part of its id.</summary>
    static int ImageNumber(ImageRecord image) =>
        int.TryParse(image.Id.AsSpan(image.Id.LastIndexOf('-') + 1), out int number) ? number : 0;

    static FeedbackLabel Label(RaterVerdict verdict) => verdict switch
    {
        RaterVerdict.Good => FeedbackLabel.Good,
        RaterVerdict.Bad => FeedbackLabel.Bad,
        _ => FeedbackLabel.Skip,
    };
}
