using AlignT2I.Files;

namespace AlignT2I.Training.Reports;

/// <summary>Pictures small enough for a page that holds all of them.</summary>
internal static class Thumbnail
{
    const int Side = 160;

    /// <summary>A PNG of at most 160 pixels a side: the file itself where it is not larger, else means of blocks of pixels.</summary>
    /// <param name="path">A PNG.</param>
    /// <exception cref="FileFormatException">It is damaged.</exception>
    public static byte[] Of(string path)
    {
        Image image = Png.Read(path).Image.ToRgb();
        int factor = (Math.Max(image.Width, image.Height) + Side - 1) / Side;
        return factor <= 1 ? InputFile.ReadAllBytes(path, int.MaxValue) : Png.Encode(Shrink(image, factor));
    }

    static Image Shrink(Image image, int factor)
    {
        int width = Math.Max(1, image.Width / factor), height = Math.Max(1, image.Height / factor);
        byte[] pixels = new byte[width * height * 3];
        for (int i = 0; i < pixels.Length; i++)
        {
            int left = i / 3 % width * factor, top = i / 3 / width * factor, sum = 0, count = 0;
            for (int y = top; y < Math.Min(top + factor, image.Height); y++)
            {
                for (int x = left; x < Math.Min(left + factor, image.Width); x++, count++)
                    sum += image.Pixels[(y * image.Width + x) * 3 + i % 3];
            }
            pixels[i] = (byte)((sum + count / 2) / count);
        }
        return new Image(width, height, 3, pixels);
    }
}
