namespace AlignT2I.Files;

/// <summary>What a PNG file holds.</summary>
/// <param name="Image">The picture: 3 channels, or 4 where the file has any kind of transparency.</param>
/// <param name="Text">Its text chunks by keyword, such as <c>prompt</c>; the first of several with one keyword.</param>
public sealed record PngImage(Image Image, IReadOnlyDictionary<string, string> Text);
