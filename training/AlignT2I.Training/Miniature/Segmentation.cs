namespace AlignT2I.Training.Miniature;

/// <summary>A picture split into saturated patches and the rest. Saturation is max - min of red, green, blue.</summary>
/// <param name="Patches">The patches, large enough not to be noise.</param>
/// <param name="BackgroundMean">Mean red, green, blue of the pixels away from any patch; null where there are hardly any.</param>
internal sealed record Segmentation(IReadOnlyList<Patch> Patches, (float R, float G, float B)? BackgroundMean)
{
    const int Size = SceneRenderer.Size;

    // Backgrounds have a saturation up to 46, objects from 162. A patch ends half way from the one to the other;
    // the smallest object covers about 80 pixels.
    const int SurelyObject = 90, LowestEdge = 72, HighestEdge = 115, MinArea = 24, MinBackground = 200;

    public static Segmentation Of(ReadOnlySpan<byte> rgb)
    {
        Span<byte> saturation = stackalloc byte[Size * Size];
        for (int i = 0; i < saturation.Length; i++)
        {
            byte r = rgb[i * 3], g = rgb[i * 3 + 1], b = rgb[i * 3 + 2];
            saturation[i] = (byte)(Math.Max(r, Math.Max(g, b)) - Math.Min(r, Math.Min(g, b)));
        }

        int edge = Math.Clamp(Peak(saturation) / 2 + 10, LowestEdge, HighestEdge);
        Span<ushort> labels = stackalloc ushort[Size * Size];
        labels.Clear();
        Span<int> pixels = stackalloc int[Size * Size];
        var patches = new List<Patch>();
        ushort label = 0;
        for (int start = 0; start < saturation.Length; start++)
        {
            if (saturation[start] < edge || labels[start] != 0)
                continue;
            int area = Flood(start, ++label, edge, saturation, labels, pixels);
            if (area >= MinArea)
                patches.Add(PatchOf(pixels[..area], label, rgb, saturation, labels));
        }
        return new Segmentation(patches, MeanBackground(rgb, saturation, labels));
    }

    /// <summary>Saturation that a fifth of the surely saturated pixels exceed.</summary>
    static int Peak(ReadOnlySpan<byte> saturation)
    {
        Span<int> histogram = stackalloc int[256];
        histogram.Clear();
        foreach (byte value in saturation)
            histogram[value]++;
        int total = 0;
        for (int value = SurelyObject; value < 256; value++)
            total += histogram[value];
        int above = 0, peak = 255;
        while (peak > SurelyObject && (above += histogram[peak]) * 5 < total)
            peak--;
        return peak;
    }

    /// <summary>Labels the pixels connected to <paramref name="start"/> by an edge, lists them, returns their number.</summary>
    static int Flood(int start, ushort label, int edge, ReadOnlySpan<byte> saturation, Span<ushort> labels, Span<int> pixels)
    {
        int count = 1;
        pixels[0] = start;
        labels[start] = label;
        for (int next = 0; next < count; next++)
        {
            int i = pixels[next], column = i % Size;
            Span<int> neighbours = [i - Size, i + Size, column > 0 ? i - 1 : -1, column < Size - 1 ? i + 1 : -1];
            foreach (int n in neighbours)
            {
                if (n < 0 || n >= labels.Length || labels[n] != 0 || saturation[n] < edge)
                    continue;
                labels[n] = label;
                pixels[count++] = n;
            }
        }
        return count;
    }

    static Patch PatchOf(
        ReadOnlySpan<int> pixels, ushort label, ReadOnlySpan<byte> rgb, ReadOnlySpan<byte> saturation, ReadOnlySpan<ushort> labels)
    {
        int left = Size, right = 0, top = Size, bottom = 0;
        float u = 0, v = 0, full = 0;
        foreach (int i in pixels)
        {
            left = Math.Min(left, i % Size);
            right = Math.Max(right, i % Size);
            top = Math.Min(top, i / Size);
            bottom = Math.Max(bottom, i / Size);
            float r = rgb[i * 3], g = rgb[i * 3 + 1], b = rgb[i * 3 + 2];
            u += r - 0.5f * (g + b);
            v += 0.8660254f * (g - b);
            full += saturation[i];
        }
        full = full / pixels.Length * 1.05f;        // the mean is a little low: it counts the rim

        const int border = 2;
        (left, top) = (left - border, top - border);
        int width = right - left + 1 + border, height = bottom - top + 1 + border;
        var coverage = new float[width * height];
        for (int row = Math.Max(0, top + 1); row <= Math.Min(Size - 1, bottom + 1); row++)
        {
            for (int column = Math.Max(0, left + 1); column <= Math.Min(Size - 1, right + 1); column++)
            {
                int i = row * Size + column;
                if (labels[i] == label || (labels[i] == 0 && Touches(row, column, label, labels)))
                    coverage[(row - top) * width + column - left] = Math.Clamp((saturation[i] - 30) / (full - 30), 0, 1);
            }
        }
        return new Patch(left, top, width, height, coverage, ColorClassifier.Degrees(u, v));
    }

    static bool Touches(int row, int column, ushort label, ReadOnlySpan<ushort> labels)
    {
        for (int y = Math.Max(0, row - 1); y <= Math.Min(Size - 1, row + 1); y++)
        {
            for (int x = Math.Max(0, column - 1); x <= Math.Min(Size - 1, column + 1); x++)
            {
                if (labels[y * Size + x] == label)
                    return true;
            }
        }
        return false;
    }

    /// <summary>Mean colour of the pixels that are two or more away from every label and not saturated themselves.</summary>
    static (float R, float G, float B)? MeanBackground(ReadOnlySpan<byte> rgb, ReadOnlySpan<byte> saturation, ReadOnlySpan<ushort> labels)
    {
        int r = 0, g = 0, b = 0, count = 0;
        for (int row = 2; row < Size - 2; row++)
        {
            for (int column = 2; column < Size - 2; column++)
            {
                int i = row * Size + column;
                int near = labels[i] | labels[i - 2] | labels[i + 2] | labels[i - 2 * Size] | labels[i + 2 * Size];
                if (near != 0 || saturation[i] >= LowestEdge)
                    continue;
                r += rgb[i * 3];
                g += rgb[i * 3 + 1];
                b += rgb[i * 3 + 2];
                count++;
            }
        }
        return count < MinBackground ? null : ((float)r / count, (float)g / count, (float)b / count);
    }
}
