namespace AlignT2I.Files;

/// <summary>The libraries that JPEG and WebP need, for programs that say what is there.</summary>
public static class ImageLibraries
{
    /// <summary>Each library with the sentence that says how to install it; null where it is there.</summary>
    public static IReadOnlyList<(string Library, string? Missing)> Find() => [("ImageSharp", null)];
}
