using System.Runtime.InteropServices;

namespace AlignT2I.Files;

/// <summary>Reads JPEG files with libturbojpeg: baseline and progressive; grey, YCbCr, RGB, CMYK and YCCK.</summary>
internal static unsafe class JpegReader
{
    const int CmykSamples = 4, Rgb = 3;

    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <returns>The picture, 3 channels.</returns>
    public static Image Decode(ReadOnlySpan<byte> bytes, string name)
    {
        TurboJpeg.Require();
        nint decoder = TurboJpeg.tjInitDecompress();
        if (decoder == 0)
            throw new FileFormatException(name, "libturbojpeg has no memory to decode it.");
        try
        {
            return Decode(decoder, bytes, name);
        }
        finally
        {
            _ = TurboJpeg.tjDestroy(decoder);
        }
    }

    static Image Decode(nint decoder, ReadOnlySpan<byte> bytes, string name)
    {
        fixed (byte* jpeg = bytes)
        {
            var size = new CULong((nuint)bytes.Length);
            int status = TurboJpeg.tjDecompressHeader3(decoder, jpeg, size, out int width, out int height, out _, out int colorspace);
            Check(decoder, status, name);
            ImageFile.CheckSize(name, width, height);
            bool cmyk = colorspace is TurboJpeg.ColorCmyk or TurboJpeg.ColorYcck;
            byte[] pixels = new byte[(long)width * height * (cmyk ? CmykSamples : Rgb)];
            fixed (byte* first = pixels)
            {
                status = TurboJpeg.tjDecompress2(
                    decoder, jpeg, size, first, width, pitch: 0, height,
                    cmyk ? TurboJpeg.PixelCmyk : TurboJpeg.PixelRgb, TurboJpeg.LimitScans);
            }
            Check(decoder, status, name);
            return new Image(width, height, Rgb, cmyk ? ToRgb(pixels) : pixels);
        }
    }

    /// <summary>
    /// A file that ends too early is refused, although the decoder fills the rest with grey. Its other warnings are of files that
    /// every program shows, as those with stray bytes between their parts.
    /// </summary>
    static void Check(nint decoder, int status, string name)
    {
        if (status == 0)
            return;
        string message = Marshal.PtrToStringUTF8(TurboJpeg.tjGetErrorStr2(decoder)) ?? "no reason given";
        if (TurboJpeg.tjGetErrorCode(decoder) == TurboJpeg.ErrorWarning && !message.Contains("remature end", StringComparison.Ordinal))
            return;
        throw new FileFormatException(name, $"it cannot be decoded as JPEG ({message}); it is cut off or damaged.");
    }

    /// <summary>
    /// Inks to light. Files hold inks inverted, as Adobe's programs write them; the arithmetic is the Python Imaging Library's.
    /// </summary>
    static byte[] ToRgb(byte[] cmyk)
    {
        byte[] rgb = new byte[cmyk.Length / CmykSamples * Rgb];
        for (int from = 0, to = 0; from < cmyk.Length; from += CmykSamples)
        {
            int light = cmyk[from + 3];
            for (int c = 0; c < Rgb; c++)
            {
                int product = (byte.MaxValue - cmyk[from + c]) * light + 128;
                rgb[to++] = (byte)(light - (((product >> 8) + product) >> 8));
            }
        }
        return rgb;
    }
}
