using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Training.Prompts;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Evaluation;

/// <summary>People, by the labels beside the images: what most of an image's raters said.</summary>
internal sealed class LabelJudge : IImageJudge
{
    readonly Dictionary<string, Dictionary<string, FeedbackLabel?>> folders = [];

    bool areSimulated = true;

    /// <summary>Raters; where every label read so far is of a simulated one, this says so.</summary>
    public string Name => areSimulated && folders.Values.Any(f => f.Count > 0) ? "simulated rater" : "raters";

    /// <summary>Whether the images of a folder have labels.</summary>
    public static bool HasLabels(RunFolder folder) => File.Exists(folder.FeedbackFile);

    /// <inheritdoc/>
    /// <exception cref="FileFormatException">A label is damaged, or of an image that is not in the folder;
    /// file and line are in the message.</exception>
    public bool? IsGood(RunFolder folder, ImageRecord image, Prompt prompt)
    {
        if (!folders.TryGetValue(folder.Path, out Dictionary<string, FeedbackLabel?>? labels))
            labels = folders[folder.Path] = Read(folder);
        return labels.GetValueOrDefault(image.File) is { } label ? label == FeedbackLabel.Good : null;
    }

    Dictionary<string, FeedbackLabel?> Read(RunFolder folder)
    {
        if (!HasLabels(folder))
            return [];
        HashSet<string> known = [.. folder.ExistingImages().Select(i => i.File)];
        IReadOnlyList<FeedbackRecord> labels = FeedbackFile.Read(folder.FeedbackFile);
        areSimulated &= labels.All(l => l.Rater.StartsWith("simulated", StringComparison.OrdinalIgnoreCase));
        IReadOnlyList<LabelledImage> images = LabelledImage.FromFeedback(labels);
        if (images.FirstOrDefault(i => !known.Contains(i.Image)) is { } stranger)
            throw new FileFormatException(folder.FeedbackFile, $"it labels {stranger.Image}, which images.jsonl beside it does not list.");
        return images.ToDictionary(i => i.Image, i => i.Majority);
    }
}
