using System.Text.Json;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Aesthetic;
using AlignT2I.Training.Embeddings;

namespace AlignT2I.Training.PretrainingData;

/// <summary>
/// Keeps the images that people find beautiful: by the score that came with them, or by the aesthetic predictor on CLIP's embeddings.
/// </summary>
/// <remarks>Lee et al. 2023 keep those above 6.5.</remarks>
/// <param name="above">Scores above this are kept; 0 keeps every image and looks at no score.</param>
/// <param name="predictor">Scores images that came without; null for none.</param>
public sealed class AestheticFilter(double above, AestheticScorer? predictor = null)
{
    static readonly string[] columns = ["aesthetic_score", "AESTHETIC_SCORE", "aesthetic", "aesthetic_score_laion_v2", "LAION_AESTHETIC"];

    /// <summary>Tells the images that it keeps from those of another filter.</summary>
    internal string Name => FormattableString.Invariant($"{above}");

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
