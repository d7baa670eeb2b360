namespace AlignT2I.Training.Miniature;

/// <summary>Stands in for a person: judges a picture of the miniature world against its prompt by looking at the pixels.</summary>
/// <remarks>It finds the saturated patches, counts them, compares each with the ten shapes and eight colours,
/// and the rest with the six backgrounds. People make mistakes and skip pictures; so does the rater, as often as it is told to.
/// Safe to use from several threads.</remarks>
public sealed class SimulatedRater
{
    readonly double errorRate, skipRate;
    readonly ulong seed;

    /// <param name="errorRate">Share of the judgements that are turned round, 0 to 1.</param>
    /// <param name="skipRate">Share of the pictures that are skipped, 0 to 1.</param>
    /// <param name="seed">Decides which.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate is not in 0 .. 1.</exception>
    public SimulatedRater(double errorRate = 0, double skipRate = 0, ulong seed = 0)
    {
        if (errorRate is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(errorRate), errorRate, "choose a rate from 0 to 1");
        if (skipRate is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(skipRate), skipRate, "choose a rate from 0 to 1");
        (this.errorRate, this.skipRate, this.seed) = (errorRate, skipRate, seed);
    }

    /// <summary>Judges a picture, with the configured mistakes.</summary>
    /// <param name="rgb">The picture, [64, 64, 3].</param>
    /// <param name="prompt">What it should show.</param>
    /// <param name="imageIndex">The picture's number; seed and number decide whether it is skipped or judged wrongly.</param>
    /// <exception cref="ArgumentException"><paramref name="rgb"/> is not of length <see cref="SceneRenderer.ByteCount"/>.</exception>
    public RaterVerdict Rate(ReadOnlySpan<byte> rgb, ScenePrompt prompt, long imageIndex)
    {
        bool good = Inspect(rgb, prompt).AllMatch;
        var random = new WorldRandom(seed, (ulong)imageIndex);
        if (random.NextSingle() < skipRate)
            return RaterVerdict.Skip;
        bool mistaken = random.NextSingle() < errorRate;
        return good != mistaken ? RaterVerdict.Good : RaterVerdict.Bad;
    }

    /// <summary>What the picture shows, without mistakes: the measure of alignment in evaluations.</summary>
    /// <param name="rgb">The picture, [64, 64, 3].</param>
    /// <param name="prompt">What it should show.</param>
    /// <exception cref="ArgumentException"><paramref name="rgb"/> is not of length <see cref="SceneRenderer.ByteCount"/>.</exception>
    public static RaterFindings Inspect(ReadOnlySpan<byte> rgb, ScenePrompt prompt)
    {
        if (rgb.Length != SceneRenderer.ByteCount)
            throw new ArgumentException($"expected a 64x64 picture of {SceneRenderer.ByteCount} bytes, found {rgb.Length}", nameof(rgb));
        Segmentation segmentation = Segmentation.Of(rgb);
        WorldObject?[] shapes = [.. segmentation.Patches.Select(ShapeClassifier.Classify)];
        WorldColor[] colors = [.. segmentation.Patches.Select(p => ColorClassifier.Classify(p.Hue))];
        WorldBackground? background = BackgroundClassifier.Classify(segmentation.BackgroundMean);
        int count = shapes.Length;
        return new RaterFindings(
            count, shapes, colors, background,
            ObjectMatches: count > 0 && shapes.All(s => s == prompt.Object),
            CountMatches: prompt.Count is null ? null : count == prompt.Count,
            ColorMatches: prompt.Color is null ? null : count > 0 && colors.All(c => c == prompt.Color),
            BackgroundMatches: prompt.Background is null ? null : background == prompt.Background);
    }
}
