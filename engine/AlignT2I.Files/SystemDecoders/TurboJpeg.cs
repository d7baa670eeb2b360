using System.Runtime.InteropServices;

namespace AlignT2I.Files;

/// <summary>Bindings of libturbojpeg's decompressor (TurboJPEG API 2).</summary>
/// <remarks>libjpeg-turbo.org, turbojpeg.h.</remarks>
internal static unsafe partial class TurboJpeg
{
    public const int PixelRgb = 0, PixelCmyk = 11;
    public const int ColorCmyk = 3, ColorYcck = 4;
    public const int ErrorWarning = 0;
    public const int LimitScans = 1 << 15;      // at most 500 scans of a progressive file; older versions do not look at it

    const string Library = "turbojpeg";

    /// <summary>Loads the library.</summary>
    /// <exception cref="MissingLibraryException">It is not there.</exception>
    public static void Require() => SystemLibrary.Require(
        Library,
        ["libturbojpeg.so.0", "libturbojpeg.so", "turbojpeg.dll", "libturbojpeg.dll", "libturbojpeg.0.dylib", "libturbojpeg.dylib"],
        "JPEG files need libjpeg-turbo: install it (Debian and Ubuntu: apt-get install libturbojpeg0 or libturbojpeg; Fedora: "
        + "dnf install turbojpeg; Windows: turbojpeg.dll on the PATH), or convert the file to PNG.");

    [LibraryImport(Library)]
    public static partial nint tjInitDecompress();

    [LibraryImport(Library)]
    public static partial int tjDestroy(nint handle);

    [LibraryImport(Library)]
    public static partial int tjDecompressHeader3(
        nint handle, byte* jpeg, CULong bytes, out int width, out int height, out int subsampling, out int colorspace);

    [LibraryImport(Library)]
    public static partial int tjDecompress2(
        nint handle, byte* jpeg, CULong bytes, byte* pixels, int width, int pitch, int height, int pixelFormat, int flags);

    [LibraryImport(Library)]
    public static partial int tjGetErrorCode(nint handle);

    [LibraryImport(Library)]
    public static partial nint tjGetErrorStr2(nint handle);
}
