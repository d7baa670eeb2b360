using System.Text.Json;
using AlignT2I.Files;

namespace AlignT2I.Training.PretrainingData;

/// <summary>An image with its caption, as a shard or a folder holds it.</summary>
/// <param name="Name">Its name in there, without the extension.</param>
/// <param name="Bytes">The image file.</param>
/// <param name="Caption">What it shows.</param>
/// <param name="Columns">What else is known of it: a JSON object; null for nothing.</param>
internal sealed record CaptionedImage(string Name, byte[] Bytes, string Caption, JsonElement? Columns)
{
    /// <summary>Longest caption that is taken; CLIP reads the first 77 tokens of it.</summary>
    public const int LongestCaption = 4096;

    public const int MaxImageBytes = 1 << 26, MaxTextBytes = 1 << 20;

    static readonly string[] imageExtensions = ["jpg", "jpeg", "png", "webp"];

    public static bool IsImage(string extension) => imageExtensions.Contains(extension);

    /// <summary>Puts an image and the texts beside it together.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="image">The image file; null where there is none.</param>
    /// <param name="text">Content of its .txt, if any.</param>
    /// <param name="json">Content of its .json, if any.</param>
    /// <exception cref="FileFormatException">There is no image or no caption, or one that is too long.</exception>
    public static CaptionedImage From(string name, byte[]? image, string? text, string? json)
    {
        if (image is null)
            throw new FileFormatException(name, "there is no jpg, jpeg, png or webp of this name.");
        JsonElement? columns = Parse(name, json);
        string caption = (text ?? CaptionOf(columns)
            ?? throw new FileFormatException(name, "it has no caption: no .txt, and no 'caption' in a .json.")).Trim();
        if (caption.Length == 0)
            throw new FileFormatException(name, "its caption is empty.");
        if (caption.Length > LongestCaption)
            throw new FileFormatException(name, $"its caption has {caption.Length} characters; at most {LongestCaption} are taken.");
        return new CaptionedImage(name, image, caption, columns);
    }

    static string? CaptionOf(JsonElement? columns) =>
        columns is { } known && known.TryGetProperty("caption", out JsonElement caption) && caption.ValueKind == JsonValueKind.String
            ? caption.GetString() : null;

    static JsonElement? Parse(string name, string? json)
    {
        if (json is null)
            return null;
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone()
                : throw new FileFormatException(name, "its .json is no object.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FileFormatException(name, $"its .json cannot be read: {e.Message}", e);
        }
    }
}
