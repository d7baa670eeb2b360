using System.Globalization;
using System.Text.Json;
using AlignT2I.Feedback;
using AlignT2I.Files;

namespace AlignT2I.Training.Generation;

/// <summary>The texts of a PNG that say how it was drawn.</summary>
internal static class ImageMetadata
{
    /// <param name="record">How it was drawn.</param>
    /// <param name="image">The picture.</param>
    /// <param name="sampler">What web interfaces call the sampler.</param>
    /// <param name="model">What people call the model.</param>
    /// <returns><c>parameters</c>, which web interfaces and image browsers read, and a text for each figure.</returns>
    public static Dictionary<string, string> Of(ImageRecord record, Image image, string sampler, string model)
    {
        var texts = new Dictionary<string, string>
        {
            ["parameters"] = Parameters(record, image, sampler, model),
            ["prompt"] = record.Text,
            ["seed"] = Text(record.Seed),
            ["model_hash"] = record.ModelHash,
            ["sampler"] = record.Sampler,
            ["steps"] = Text(record.Steps),
            ["guidance_scale"] = Text(record.GuidanceScale),
        };
        if (record.NegativePrompt.Length > 0)
            texts["negative_prompt"] = record.NegativePrompt;
        return texts;
    }

    /// <summary>The text that the Stable Diffusion web UI writes and others parse: prompt, negative prompt,
    /// then figures between commas.</summary>
    static string Parameters(ImageRecord record, Image image, string sampler, string model)
    {
        string negative = record.NegativePrompt.Length > 0 ? $"Negative prompt: {record.NegativePrompt}\n" : "";
        string figures = $"Steps: {Text(record.Steps)}, Sampler: {sampler}, CFG scale: {Text(record.GuidanceScale)}, "
            + $"Seed: {Text(record.Seed)}, Size: {Text(image.Width)}x{Text(image.Height)}, "
            + $"Model hash: {record.ModelHash}, Model: {Quoted(model)}";
        return $"{record.Text}\n{negative}{figures}";
    }

    /// <summary>A value with a separator in it is a JSON string.</summary>
    static string Quoted(string value) => value.AsSpan().IndexOfAny(",:\n\"") < 0 ? value : $"\"{JsonEncodedText.Encode(value)}\"";

    static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
