namespace AlignT2I.Training.Miniature;

/// <summary>Names a background by its mean colour: the six are more than 40 levels apart, so that texture would add nothing.</summary>
internal static class BackgroundClassifier
{
    const int Pictures = 16;             // of each background, to know its mean from
    const float FarthestAccepted = 32;      // colour distance; the means of one background vary by about 8

    static readonly (float R, float G, float B)[] means = [.. WorldWords.Backgrounds.Select(MeanOf)];

    /// <param name="mean">Mean colour of the background's pixels.</param>
    /// <returns>The nearest background, or null where none is near.</returns>
    public static WorldBackground? Classify((float R, float G, float B)? mean)
    {
        if (mean is not (float R, float G, float B) color)
            return null;
        WorldBackground nearest = WorldWords.Backgrounds.MinBy(b => Distance(color, means[(int)b]));
        return Distance(color, means[(int)nearest]) <= FarthestAccepted ? nearest : null;
    }

    static (float R, float G, float B) MeanOf(WorldBackground background)
    {
        var picture = new byte[SceneRenderer.ByteCount];
        float r = 0, g = 0, b = 0;
        for (ulong seed = 0; seed < Pictures; seed++)
        {
            BackgroundPainter.Paint(background, seed, picture);
            for (int i = 0; i < picture.Length; i += 3)
                (r, g, b) = (r + picture[i], g + picture[i + 1], b + picture[i + 2]);
        }
        const float count = Pictures * SceneRenderer.ByteCount / 3;
        return (r / count, g / count, b / count);
    }

    static float Distance((float R, float G, float B) a, (float R, float G, float B) b) =>
        MathF.Sqrt((a.R - b.R) * (a.R - b.R) + (a.G - b.G) * (a.G - b.G) + (a.B - b.B) * (a.B - b.B));
}
