namespace AlignT2I.Files;

/// <summary>Reads still WebP files with libwebp: lossy and lossless, with and without alpha.</summary>
internal static unsafe class WebPReader
{
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <returns>The picture: 3 channels, or 4 where the file has alpha.</returns>
    public static Image Decode(ReadOnlySpan<byte> bytes, string name)
    {
        WebP.Require();
        fixed (byte* data = bytes)
        {
            var size = (nuint)bytes.Length;
            int status = WebP.WebPGetFeaturesInternal(data, size, out WebP.Features features, WebP.AbiVersion);
            if (status != WebP.StatusOk)
            {
                throw new FileFormatException(
                    name, $"it cannot be decoded as WebP (status {status} of libwebp); it is cut off or damaged.");
            }
            if (features.HasAnimation != 0)
                throw new FileFormatException(name, "it is an animation; save one picture of it.");
            ImageFile.CheckSize(name, features.Width, features.Height);
            int channels = features.HasAlpha != 0 ? 4 : 3;
            byte[] pixels = new byte[(long)features.Width * features.Height * channels];
            fixed (byte* first = pixels)
            {
                var capacity = (nuint)pixels.Length;
                int stride = features.Width * channels;
                byte* decoded = channels == 4
                    ? WebP.WebPDecodeRGBAInto(data, size, first, capacity, stride)
                    : WebP.WebPDecodeRGBInto(data, size, first, capacity, stride);
                if (decoded == null)
                    throw new FileFormatException(name, "its pixels cannot be decoded as WebP; it is cut off or damaged.");
            }
            return new Image(features.Width, features.Height, channels, pixels);
        }
    }
}
