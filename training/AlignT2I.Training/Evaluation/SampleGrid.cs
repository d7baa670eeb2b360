using AlignT2I.Files;

namespace AlignT2I.Training.Evaluation;

/// <summary>Images side by side in one picture.</summary>
public static class SampleGrid
{
    /// <summary>Puts images into rows and columns with white gaps between.</summary>
    /// <param name="rows">Rows of images, all of one size and with three channels; a row may be shorter than others.</param>
    /// <param name="gap">Pixels between images.</param>
    /// <exception cref="ArgumentException">There is no image, or the sizes differ.</exception>
    public static Image Compose(IReadOnlyList<IReadOnlyList<Image>> rows, int gap = 2)
    {
        if (rows.SelectMany(r => r).FirstOrDefault() is not { } first)
            throw new ArgumentException("a grid needs at least one image", nameof(rows));
        if (rows.SelectMany(r => r).Any(i => i.Width != first.Width || i.Height != first.Height || i.Channels != 3))
        {
            throw new ArgumentException(
                $"a grid needs images of one size with three channels; the first is {first.Width}x{first.Height}", nameof(rows));
        }
        int columns = rows.Max(r => r.Count);
        int width = columns * (first.Width + gap) - gap, height = rows.Count * (first.Height + gap) - gap;
        byte[] pixels = new byte[width * height * 3];
        Array.Fill(pixels, byte.MaxValue);
        for (int row = 0; row < rows.Count; row++)
        {
            for (int column = 0; column < rows[row].Count; column++)
                Copy(rows[row][column], pixels, width, column * (first.Width + gap), row * (first.Height + gap));
        }
        return new Image(width, height, 3, pixels);
    }

    static void Copy(Image image, byte[] pixels, int width, int left, int top)
    {
        int line = image.Width * 3;
        for (int y = 0; y < image.Height; y++)
            image.Pixels.AsSpan(y * line, line).CopyTo(pixels.AsSpan(((top + y) * width + left) * 3));
    }
}
