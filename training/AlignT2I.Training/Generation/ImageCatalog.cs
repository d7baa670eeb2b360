using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Generation;

/// <summary>The images of a folder, and where new ones go among them.</summary>
internal sealed class ImageCatalog
{
    readonly RunFolder run;
    readonly Dictionary<string, ImageRecord> known;
    readonly HashSet<string> listed;

    /// <param name="run">The folder.</param>
    /// <exception cref="FileFormatException">Its list of images is damaged.</exception>
    public ImageCatalog(RunFolder run)
    {
        this.run = run;
        known = run.ExistingImages().ToDictionary(r => r.Id);
        listed = [.. known.Keys];
    }

    /// <summary>
    /// Gives an image its file. One that is there already has it; in a folder of pictures, one that would be called like another that was
    /// made in another way gets <c>_2</c>, <c>_3</c>, … behind its name.
    /// </summary>
    /// <exception cref="UsageException">In a run folder, an image of that name was made in another way.</exception>
    public ImageRecord Place(ImageRecord image)
    {
        for (int variant = 1; ; variant++)
        {
            string id = variant == 1 ? image.Id : FormattableString.Invariant($"{image.Id}_{variant}");
            ImageRecord placed = image with { Id = id, File = run.FileOf(id) };
            if (!known.TryGetValue(id, out ImageRecord? found))
                known[id] = placed;
            else if (found != placed && run.KeepsVariants)
                continue;
            else if (found != placed)
            {
                throw new UsageException($"{run.PathOf(placed)}: it was made in another way ({Describe(found)}; now {Describe(placed)}); "
                    + "choose another run folder, or give the same model and options.");
            }
            return placed;
        }
    }

    /// <summary>Whether a placed image lies whole on the disk, as the list says; a damaged one is to be drawn again.</summary>
    public bool Has(ImageRecord placed)
    {
        if (!listed.Contains(placed.Id) || !File.Exists(run.PathOf(placed)))
            return false;
        try
        {
            Png.Read(run.PathOf(placed));
            return true;
        }
        catch (FileFormatException)
        {
            return false;
        }
    }

    static string Describe(ImageRecord r) => FormattableString.Invariant(
        $"model {r.ModelHash}, seed {r.Seed}, {r.Sampler}, {r.Steps} steps, guidance {r.GuidanceScale}, ")
        + FormattableString.Invariant($"size {r.Width?.ToString() ?? "own"} x {r.Height?.ToString() ?? "own"}, prompt '{r.Text}'")
        + (r.NegativePrompt.Length > 0 ? $", negative prompt '{r.NegativePrompt}'" : "") + $", file {r.File}";
}
