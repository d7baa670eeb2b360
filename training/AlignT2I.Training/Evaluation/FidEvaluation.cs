using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Metrics;

namespace AlignT2I.Training.Evaluation;

/// <summary>The Fréchet Inception distance of each model's images of captions to the reference images
/// (Lee et al. 2023, Table 2).</summary>
/// <param name="images">Draws the images.</param>
/// <param name="sources">Captions, reference and network.</param>
/// <param name="backend">Where to compute; null is the CPU.</param>
internal sealed class FidEvaluation(EvaluationImages images, EvaluationSources sources, Backend? backend)
{
    /// <summary>Draws, and computes the distances.</summary>
    /// <param name="nextPart">Begins the part of a model.</param>
    /// <param name="cancellationToken">Ends the work; what is drawn and computed stays.</param>
    /// <returns>The settings, and the distance by the models' names.</returns>
    /// <exception cref="FileFormatException">A file is damaged, or not of the network or of the format that it should be.</exception>
    public (FidSettings Settings, IReadOnlyDictionary<string, double> Distances) Run(
        Func<string, IProgress<StageProgress>> nextPart, CancellationToken cancellationToken)
    {
        IReadOnlyList<(string Id, string Text)> captions = images.Captions;
        using InceptionStatistics inception = InceptionStatistics.Load(sources.Inception!, backend);
        FeatureStatistics? reference = null;
        Dictionary<string, double> distances = [];
        foreach ((string name, string? unet) in images.Models)
        {
            IProgress<StageProgress> part = nextPart($"FID of {name}");
            reference ??= inception.OfReference(sources.Reference!, images.ReferenceFolder, part, cancellationToken);
            IReadOnlyList<Feedback.ImageRecord> drawn = images.DrawCaptions(name, unet, part, cancellationToken);
            distances[name] = FrechetDistance.Between(inception.Of(images.CaptionFolder(name), drawn, part, cancellationToken), reference);
        }
        return (new FidSettings(
            Name(sources.Captions!), captions.Count, sources.CaptionImageSize, Name(sources.Reference!), inception.Hash), distances);
    }

    static string Name(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
}
