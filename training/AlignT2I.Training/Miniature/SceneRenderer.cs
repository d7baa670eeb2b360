namespace AlignT2I.Training.Miniature;

/// <summary>Draws scenes, anti-aliased: a pixel's share of an object follows from its signed distance to the outline.</summary>
public static class SceneRenderer
{
    /// <summary>Height and width of a picture, in pixels.</summary>
    public const int Size = 64;

    /// <summary>Bytes of a picture: rows from above, three bytes (red, green, blue) per pixel.</summary>
    public const int ByteCount = Size * Size * 3;

    /// <summary>Draws a scene. The same scene gives the same bytes.</summary>
    /// <param name="scene">What to draw.</param>
    /// <param name="rgb">Receives the picture, [64, 64, 3].</param>
    /// <exception cref="ArgumentException"><paramref name="rgb"/> is not of length <see cref="ByteCount"/>.</exception>
    public static void Render(Scene scene, Span<byte> rgb)
    {
        if (rgb.Length != ByteCount)
            throw new ArgumentException($"a scene needs {ByteCount} bytes, found {rgb.Length}", nameof(rgb));
        BackgroundPainter.Paint(scene.Background, scene.BackgroundSeed, rgb);
        foreach (PlacedObject placed in scene.Placements)
            Draw(scene.Object, scene.Color, placed, rgb);
    }

    static void Draw(WorldObject shape, WorldColor color, PlacedObject placed, Span<byte> rgb)
    {
        (byte r, byte g, byte b) = WorldWords.Rgb(color);
        (float sin, float cos) = MathF.SinCos(placed.Rotation);
        float reach = placed.Radius * 1.2f + 1;
        int top = Math.Max(0, (int)(placed.Y - reach)), bottom = Math.Min(Size - 1, (int)(placed.Y + reach));
        int left = Math.Max(0, (int)(placed.X - reach)), right = Math.Min(Size - 1, (int)(placed.X + reach));
        for (int row = top; row <= bottom; row++)
        {
            float dy = (row + 0.5f - placed.Y) / placed.Radius;
            for (int column = left; column <= right; column++)
            {
                float dx = (column + 0.5f - placed.X) / placed.Radius;
                float distance = ShapeField.Distance(shape, cos * dx + sin * dy, cos * dy - sin * dx) * placed.Radius;
                if (distance >= 0.5f)
                    continue;
                float coverage = Math.Min(1, 0.5f - distance);
                Span<byte> pixel = rgb.Slice((row * Size + column) * 3, 3);
                pixel[0] = Mix(pixel[0], r, coverage);
                pixel[1] = Mix(pixel[1], g, coverage);
                pixel[2] = Mix(pixel[2], b, coverage);
            }
        }
    }

    static byte Mix(byte below, byte above, float coverage) => (byte)(below + (above - below) * coverage + 0.5f);
}
