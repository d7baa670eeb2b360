namespace AlignT2I.Training.Miniature;

/// <summary>Names a hue by the nearest of the eight object colours.</summary>
internal static class ColorClassifier
{
    static readonly float[] hues = [.. WorldWords.Colors.Select(HueOf)];

    /// <param name="hue">Degrees, from <see cref="Degrees"/>.</param>
    public static WorldColor Classify(float hue)
    {
        int best = 0;
        for (int i = 1; i < hues.Length; i++)
        {
            if (Difference(hue, hues[i]) < Difference(hue, hues[best]))
                best = i;
        }
        return WorldWords.Colors[best];
    }

    /// <summary>Angle in the plane of saturation: u = R - (G + B) / 2 to the right, v = sqrt(3) / 2 (G - B) upwards.</summary>
    public static float Degrees(float u, float v) => MathF.Atan2(v, u) * (180 / MathF.PI);

    static float HueOf(WorldColor color)
    {
        (float r, float g, float b) = WorldWords.Rgb(color);
        return Degrees(r - 0.5f * (g + b), 0.8660254f * (g - b));
    }

    static float Difference(float a, float b) => MathF.Abs(MathF.IEEERemainder(a - b, 360));
}
