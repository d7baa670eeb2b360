using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Exchange;

/// <summary>How the columns of somebody's CSV file become labels.</summary>
/// <remarks>
/// In the templates <c>{name}</c> stands for a column and <c>{#}</c> for the number of the answer among those for its image, from 1: a
/// name for raters that the file does not name. An answer is good when every condition of <paramref name="Good"/> holds, skip when every
/// one of <paramref name="Skip"/> does, and bad otherwise.
/// </remarks>
/// <param name="Image">Template of the image's path: <c>images/{Input.prompt_id}-{Input.image_id}.png</c>.</param>
/// <param name="Prompt">Template of the prompt.</param>
/// <param name="Rater">Template of the rater's name.</param>
/// <param name="Good">What makes an answer good.</param>
/// <param name="Skip">What makes it a skip, looked at first; none where left out.</param>
/// <param name="Reference">Other data that conditions compare with; null where they do not.</param>
/// <param name="Time">Template of the time in ISO 8601; where left out, the time of the import.</param>
internal sealed record CsvMapping(
    string Image, string Prompt, string Rater, IReadOnlyList<CsvCondition> Good, IReadOnlyList<CsvCondition>? Skip = null,
    CsvReference? Reference = null, string? Time = null)
{
    const int MostBytes = 1 << 20;

    /// <summary>Reads a mapping file.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It is no mapping.</exception>
    public static CsvMapping Read(string path)
    {
        try
        {
            CsvMapping? mapping = System.Text.Json.JsonSerializer.Deserialize(
                InputFile.ReadAllBytes(path, MostBytes), ExchangeJson.Default.CsvMapping);
            return mapping is { Good.Count: > 0 } ? mapping
                : throw new FileFormatException(path, "'good' has no condition; say what makes an answer good.");
        }
        catch (System.Text.Json.JsonException e)
        {
            throw new FileFormatException(path, $"it is not a mapping: {e.Message}", e);
        }
    }
}
