using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.PixelFormats;

namespace AlignT2I.Files;

/// <summary>Reads JPEG and WebP files with SixLabors.ImageSharp 3, in place of the system's libraries.</summary>
/// <remarks>It shows what there is of a file that is cut off, where the system's libraries are asked to refuse it.</remarks>
internal static class ImageSharpReader
{
    const int Rgba = 4;

    static readonly DecoderOptions firstFrame = new() { MaxFrames = 1 };

    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="format">The format, for messages.</param>
    /// <returns>The picture: 3 channels, or 4 where a pixel is transparent.</returns>
    public static Image Decode(ReadOnlySpan<byte> bytes, string name, string format)
    {
        try
        {
            ImageInfo info = SixLabors.ImageSharp.Image.Identify(bytes);
            if (info.FrameMetadataCollection.Count > 1)
                throw new FileFormatException(name, "it is an animation; save one picture of it.");
            ImageFile.CheckSize(name, info.Width, info.Height);
            using Image<Rgba32> decoded = SixLabors.ImageSharp.Image.Load<Rgba32>(firstFrame, bytes);
            byte[] pixels = new byte[(long)decoded.Width * decoded.Height * Rgba];
            decoded.CopyPixelDataTo(pixels);
            var image = new Image(decoded.Width, decoded.Height, Rgba, pixels);
            return IsOpaque(pixels) ? image.ToRgb() : image;
        }
        catch (Exception e) when (e is not (FileFormatException or OutOfMemoryException))
        {
            // Damage shows as exceptions of every type, from the library's own to NullReferenceException.
            throw new FileFormatException(
                name, $"it cannot be decoded as {format} ({e.Message.TrimEnd('.')}); it is cut off or damaged.", e);
        }
    }

    static bool IsOpaque(byte[] rgba)
    {
        for (int i = Rgba - 1; i < rgba.Length; i += Rgba)
        {
            if (rgba[i] != byte.MaxValue)
                return false;
        }
        return true;
    }
}
