using System.Runtime.InteropServices;

namespace AlignT2I.Files;

/// <summary>Bindings of libwebp's decoder.</summary>
/// <remarks>developers.google.com/speed/webp/docs/api, decode.h.</remarks>
internal static unsafe partial class WebP
{
    public const int StatusOk = 0;

    /// <summary>Of the library's binary interface; only the high byte is compared.</summary>
    public const int AbiVersion = 0x0209;

    const string Library = "webp";

    /// <summary>Loads the library.</summary>
    /// <exception cref="MissingLibraryException">It is not there.</exception>
    public static void Require() => SystemLibrary.Require(
        Library, ["libwebp.so.7", "libwebp.so.6", "libwebp.so", "libwebp.dll", "webp.dll", "libwebp.7.dylib", "libwebp.dylib"],
        "WebP files need libwebp: install it (Debian and Ubuntu: apt-get install libwebp7; Fedora: dnf install libwebp; Windows: "
        + "libwebp.dll on the PATH), or convert the file to PNG.");

    [LibraryImport(Library)]
    public static partial int WebPGetFeaturesInternal(byte* data, nuint bytes, out Features features, int abiVersion);

    [LibraryImport(Library)]
    public static partial byte* WebPDecodeRGBInto(byte* data, nuint bytes, byte* pixels, nuint pixelBytes, int stride);

    [LibraryImport(Library)]
    public static partial byte* WebPDecodeRGBAInto(byte* data, nuint bytes, byte* pixels, nuint pixelBytes, int stride);

    /// <summary>WebPBitstreamFeatures.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Features
    {
        public int Width, Height, HasAlpha, HasAnimation, Format;
        public fixed uint Padding[5];
    }
}
