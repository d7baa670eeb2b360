using System.Text.Json;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Aesthetic;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.PretrainingData;

/// <summary>
/// Keeps the images that people find beautiful: by the score that came with them, or by the aesthetic predictor on CLIP's embeddings.
/// </summary>
/// <remarks>Lee et al. 2023 keep those above 6.5.</remarks>
public sealed class AestheticFilter : IDisposable
{
    static readonly string[] columns = ["aesthetic_score", "AESTHETIC_SCORE", "aesthetic", "aesthetic_score_laion_v2", "LAION_AESTHETIC"];

    readonly double above;
    readonly AestheticScorer? predictor;

    AestheticFilter(double above, AestheticScorer? predictor, string name) =>
        (this.above, this.predictor, Name) = (above, predictor, name);

    /// <summary>Prepares the filter.</summary>
    /// <param name="above">Scores above this are kept; 0 keeps every image and looks at no score.</param>
    /// <param name="predictorFolder">The predictor that scores images that came without, as <c>weights-converter</c> writes it; null
    /// for none.</param>
    /// <exception cref="UsageException">A file of the predictor is missing.</exception>
    /// <exception cref="FileFormatException">One is damaged.</exception>
    public static AestheticFilter Load(double above, string? predictorFolder = null)
    {
        string name = FormattableString.Invariant($"{above}");
        return predictorFolder is null ? new AestheticFilter(above, null, name)
            : new AestheticFilter(
                above, AestheticScorer.Load(predictorFolder), $"{name}-{ModelFolder.Hash(predictorFolder, ModelFolder.TextWeights)}");
    }

    /// <summary>Tells the images that it keeps from those of another filter.</summary>
    internal string Name { get; }

    /// <summary>Which images are kept.</summary>
    /// <param name="images">The images with what is known of them.</param>
    /// <param name="pixels">The images decoded.</param>
    /// <param name="clip">Embeds them.</param>
    /// <exception cref="UsageException">An image has no score and there is no predictor.</exception>
    internal bool[] Keep(IReadOnlyList<CaptionedImage> images, IReadOnlyList<Image> pixels, ClipEmbedder clip)
    {
        if (above == 0)
            return [.. images.Select(_ => true)];
        double?[] scores = [.. images.Select(Known)];
        int[] unknown = [.. Enumerable.Range(0, images.Count).Where(i => scores[i] is null)];
        if (unknown.Length > 0)
        {
            if (predictor is null)
            {
                throw new UsageException(
                    $"{images[unknown[0]].Name}: it has no aesthetic score ({string.Join(", ", columns.Take(2))} in its .json); "
                    + "give an aesthetic predictor, or keep every image with a smallest score of 0.");
            }
            using MemoryScope scope = MemoryScope.Open();
            float[] predicted = predictor.Score(clip.EmbedImages([.. unknown.Select(i => pixels[i])]));
            for (int i = 0; i < unknown.Length; i++)
                scores[unknown[i]] = predicted[i];
        }
        return [.. scores.Select(s => s > above)];
    }

    /// <summary>Frees the predictor.</summary>
    public void Dispose() => predictor?.Dispose();

    static double? Known(CaptionedImage image)
    {
        foreach (string column in columns)
        {
            if (image.Columns is { } known && known.TryGetProperty(column, out JsonElement score)
                && score.ValueKind == JsonValueKind.Number)
                return score.GetDouble();
        }
        return null;
    }
}
