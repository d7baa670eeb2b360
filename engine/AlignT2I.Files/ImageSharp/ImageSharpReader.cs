using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.PixelFormats;

namespace AlignT2I.Files;

/// <summary>Reads JPEG and WebP files with SixLabors.ImageSharp 3, in place of the system's libraries.</summary>
internal static class ImageSharpReader
{
    static readonly DecoderOptions firstFrame = new() { MaxFrames = 1 };

    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="format">The format, for messages.</param>
    /// <returns>The picture: 3 channels, or 4 where the file has alpha.</returns>
    public static Image Decode(ReadOnlySpan<byte> bytes, string name, string format)
    {
        try
        {
            ImageInfo info = SixLabors.ImageSharp.Image.Identify(bytes);
            if (info.FrameMetadataCollection.Count > 1)
                throw new FileFormatException(name, "it is an animation; save one picture of it.");
            ImageFile.CheckSize(name, info.Width, info.Height);
            bool hasAlpha = info.PixelType.AlphaRepresentation is PixelAlphaRepresentation.Unassociated or PixelAlphaRepresentation.Associated;
            return hasAlpha ? Load<Rgba32>(bytes, channels: 4) : Load<Rgb24>(bytes, channels: 3);
        }
        catch (Exception e) when (e is ImageFormatException or NotSupportedException or InvalidImageContentException)
        {
            throw new FileFormatException(name, $"it cannot be decoded as {format} ({e.Message.TrimEnd('.')}); it is cut off or damaged.", e);
        }
    }

    static Image Load<TPixel>(ReadOnlySpan<byte> bytes, int channels) where TPixel : unmanaged, IPixel<TPixel>
    {
        using Image<TPixel> decoded = SixLabors.ImageSharp.Image.Load<TPixel>(firstFrame, bytes);
        byte[] pixels = new byte[(long)decoded.Width * decoded.Height * channels];
        decoded.CopyPixelDataTo(pixels);
        return new Image(decoded.Width, decoded.Height, channels, pixels);
    }
}
