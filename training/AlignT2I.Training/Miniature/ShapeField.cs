namespace AlignT2I.Training.Miniature;

/// <summary>Signed distances to the shapes' outlines, tabled once: negative inside, in units of the shape's radius.</summary>
internal static class ShapeField
{
    const int Cells = 160;
    const float Extent = 1.3f;

    static readonly float[][] tables = [.. WorldWords.Objects.Select(Tabulate)];

    /// <summary>Distance of a point from the outline of a shape of radius 1, y downwards. Outside 1.3 it is the value at 1.3.</summary>
    public static float Distance(WorldObject shape, float x, float y)
    {
        float[] table = tables[(int)shape];
        float u = Math.Clamp((x + Extent) * (Cells / (2 * Extent)), 0, Cells - 0.001f);
        float v = Math.Clamp((y + Extent) * (Cells / (2 * Extent)), 0, Cells - 0.001f);
        int column = (int)u, row = (int)v;
        (u, v) = (u - column, v - row);
        int i = row * (Cells + 1) + column;
        float upper = table[i] + u * (table[i + 1] - table[i]);
        float lower = table[i + Cells + 1] + u * (table[i + Cells + 2] - table[i + Cells + 1]);
        return upper + v * (lower - upper);
    }

    static float[] Tabulate(WorldObject shape)
    {
        (float X, float Y)[] polygon = Polygon(shape);
        var table = new float[(Cells + 1) * (Cells + 1)];
        for (int row = 0; row <= Cells; row++)
        {
            for (int column = 0; column <= Cells; column++)
            {
                float x = column * (2 * Extent / Cells) - Extent, y = row * (2 * Extent / Cells) - Extent;
                table[row * (Cells + 1) + column] = shape switch
                {
                    WorldObject.Circle => Disc(x, y, 0.93f),
                    WorldObject.Ring => Math.Max(Disc(x, y, 0.98f), -Disc(x, y, 0.5f)),
                    WorldObject.Crescent => Math.Max(Disc(x + 0.04f, y, 0.96f), -Disc(x - 0.5f, y, 0.78f)),
                    _ => PolygonDistance(polygon, x, y),
                };
            }
        }
        return table;
    }

    static float Disc(float x, float y, float radius) => MathF.Sqrt(x * x + y * y) - radius;

    static (float X, float Y)[] Polygon(WorldObject shape)
    {
        const float arm = 0.31f, reach = 0.95f;
        return shape switch
        {
            WorldObject.Square => [(-0.71f, -0.71f), (0.71f, -0.71f), (0.71f, 0.71f), (-0.71f, 0.71f)],
            WorldObject.Triangle => [(0, -1), (0.87f, 0.5f), (-0.87f, 0.5f)],
            WorldObject.Diamond => [(0, -1), (0.64f, 0), (0, 1), (-0.64f, 0)],
            WorldObject.Cross =>
            [
                (-arm, -reach), (arm, -reach), (arm, -arm), (reach, -arm), (reach, arm), (arm, arm),
                (arm, reach), (-arm, reach), (-arm, arm), (-reach, arm), (-reach, -arm), (-arm, -arm),
            ],
            WorldObject.Arrow =>
                [(-0.96f, -0.27f), (0, -0.27f), (0, -0.8f), (1, 0), (0, 0.8f), (0, 0.27f), (-0.96f, 0.27f)],
            WorldObject.Star => [.. Enumerable.Range(0, 10).Select(StarPoint)],
            WorldObject.Heart => [.. Enumerable.Range(0, 72).Select(HeartPoint)],
            _ => [],
        };
    }

    static (float X, float Y) StarPoint(int i)
    {
        float radius = i % 2 == 0 ? 1 : 0.41f, angle = i * MathF.PI / 5;
        return (radius * MathF.Sin(angle), -radius * MathF.Cos(angle));
    }

    static (float X, float Y) HeartPoint(int i)
    {
        float t = i * MathF.PI / 36, sin = MathF.Sin(t);
        float y = 13 * MathF.Cos(t) - 5 * MathF.Cos(2 * t) - 2 * MathF.Cos(3 * t) - MathF.Cos(4 * t);
        return (0.92f * sin * sin * sin, -(y + 1.2f) / 17);
    }

    static float PolygonDistance((float X, float Y)[] polygon, float x, float y)
    {
        float nearest = float.MaxValue;
        bool inside = false;
        for (int i = 0, j = polygon.Length - 1; i < polygon.Length; j = i++)
        {
            (float ax, float ay) = polygon[j];
            (float ex, float ey) = (polygon[i].X - ax, polygon[i].Y - ay);
            float along = Math.Clamp(((x - ax) * ex + (y - ay) * ey) / (ex * ex + ey * ey + 1e-12f), 0, 1);
            (float dx, float dy) = (x - ax - along * ex, y - ay - along * ey);
            nearest = Math.Min(nearest, dx * dx + dy * dy);
            if (polygon[i].Y > y != ay > y && x < ax + (y - ay) / ey * ex)
                inside = !inside;
        }
        return inside ? -MathF.Sqrt(nearest) : MathF.Sqrt(nearest);
    }
}
