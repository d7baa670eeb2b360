using System.Numerics;

namespace AlignT2I.Training.Miniature;

/// <summary>Names a patch by the shape it correlates with best, whatever its place and size.</summary>
/// <remarks>Patches and templates are brought to one place and size by their centroid and root-mean-square radius,
/// then compared by normalized correlation. The templates are drawn in several sizes and turns, sharp and soft.</remarks>
internal static class ShapeClassifier
{
    const int Grid = 24;                    // cells along a side of a normalized mask
    const float HalfExtent = 2.3f;          // half of that side, in root-mean-square radii
    const float LowestAccepted = 0.92f;     // correlation; drawn shapes reach 0.95 after blur and noise, blobs seldom 0.9

    static readonly float[] radii = [9.5f, 12, 17];
    static readonly float[] turns = [-10, -5, 0, 5, 10];
    static readonly float[] softness = [1, 3];      // width of the outline's ramp, in pixels
    static readonly int perShape = radii.Length * turns.Length * softness.Length;
    static readonly float[] templates = MakeTemplates();

    /// <returns>The shape, or null where the patch looks like none.</returns>
    public static WorldObject? Classify(Patch patch)
    {
        (WorldObject shape, float correlation) = Nearest(patch);
        return correlation >= LowestAccepted ? shape : null;
    }

    /// <summary>The best shape and its correlation, -1 to 1.</summary>
    public static (WorldObject Shape, float Correlation) Nearest(Patch patch)
    {
        Span<float> mask = stackalloc float[Grid * Grid];
        Normalize(patch.Coverage, patch.Width, patch.Height, mask);
        int best = 0;
        float highest = float.MinValue;
        for (int i = 0; i * mask.Length < templates.Length; i++)
        {
            float correlation = Dot(mask, templates.AsSpan(i * mask.Length, mask.Length));
            if (correlation > highest)
                (best, highest) = (i, correlation);
        }
        return (WorldWords.Objects[best / perShape], highest);
    }

    static float[] MakeTemplates()
    {
        const int size = 2 * 24;
        var coverage = new float[size * size];
        var all = new float[WorldWords.Objects.Length * perShape * Grid * Grid];
        int next = 0;
        foreach (WorldObject shape in WorldWords.Objects)
        {
            foreach (float radius in radii)
            {
                foreach (float turn in turns)
                {
                    foreach (float ramp in softness)
                    {
                        (float sin, float cos) = MathF.SinCos(turn * MathF.PI / 180);
                        for (int i = 0; i < coverage.Length; i++)
                        {
                            float x = (i % size + 0.5f - size / 2) / radius, y = (i / size + 0.5f - size / 2) / radius;
                            float distance = ShapeField.Distance(shape, cos * x + sin * y, cos * y - sin * x) * radius;
                            coverage[i] = Math.Clamp(0.5f - distance / ramp, 0, 1);
                        }
                        Normalize(coverage, size, size, all.AsSpan(next, Grid * Grid));
                        next += Grid * Grid;
                    }
                }
            }
        }
        return all;
    }

    /// <summary>Samples a mask on a grid centred on its centroid and scaled by its radius; the result has mean 0 and norm 1.</summary>
    static void Normalize(ReadOnlySpan<float> coverage, int width, int height, Span<float> mask)
    {
        float sum = 0, sumX = 0, sumY = 0, sumSquares = 0;
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
            {
                float c = coverage[row * width + column];
                sum += c;
                sumX += c * column;
                sumY += c * row;
                sumSquares += c * (column * column + row * row);
            }
        }
        float centerX = sumX / sum, centerY = sumY / sum;
        float radius = MathF.Sqrt(sumSquares / sum - centerX * centerX - centerY * centerY);
        float step = 2 * HalfExtent * radius / Grid;
        float mean = 0;
        for (int i = 0; i < mask.Length; i++)
        {
            float x = centerX + (i % Grid + 0.5f - Grid / 2) * step, y = centerY + (i / Grid + 0.5f - Grid / 2) * step;
            mean += mask[i] = Sample(coverage, width, height, x, y);
        }
        mean /= mask.Length;
        float squares = 1e-12f;
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] -= mean;
            squares += mask[i] * mask[i];
        }
        float scale = 1 / MathF.Sqrt(squares);
        for (int i = 0; i < mask.Length; i++)
            mask[i] *= scale;
    }

    /// <summary>Bilinear, zero outside.</summary>
    static float Sample(ReadOnlySpan<float> coverage, int width, int height, float x, float y)
    {
        int column = (int)MathF.Floor(x), row = (int)MathF.Floor(y);
        if (column < 0 || row < 0 || column >= width - 1 || row >= height - 1)
            return 0;
        (float u, float v) = (x - column, y - row);
        int i = row * width + column;
        float upper = coverage[i] + u * (coverage[i + 1] - coverage[i]);
        float lower = coverage[i + width] + u * (coverage[i + width + 1] - coverage[i + width]);
        return upper + v * (lower - upper);
    }

    static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Vector<float> sum = Vector<float>.Zero;
        for (int i = 0; i < a.Length; i += Vector<float>.Count)     // 576 is a multiple of every vector length
            sum += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
        return Vector.Sum(sum);
    }
}
