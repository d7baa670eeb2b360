using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AlignT2I.Feedback;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Exchange;

/// <summary>Tasks and annotations in the JSON of Label Studio, so that people can label there.</summary>
/// <remarks>
/// https://labelstud.io/guide/tasks and /guide/export. The labelling configuration has a Choices tag named label, with good, bad and skip,
/// on an Image tag named image. The rater's name is in the annotation's meta text, because completed_by refers to accounts over there.
/// </remarks>
internal static class LabelStudio
{
    const string LocalFiles = "/data/local-files/?d=", RaterMeta = "rater: ";

    /// <summary>One task for each image, with the labels it has.</summary>
    public static string Write(IEnumerable<(string File, string Prompt)> images, IReadOnlyList<FeedbackRecord> labels)
    {
        ILookup<string, FeedbackRecord> byImage = labels.ToLookup(l => l.Image);
        var tasks = new JsonArray(
        [
            .. images.Select((image, i) => (JsonNode)new JsonObject
            {
                ["id"] = i + 1,
                ["data"] = new JsonObject { ["image"] = LocalFiles + image.File, ["file"] = image.File, ["prompt"] = image.Prompt },
                ["annotations"] = new JsonArray([.. byImage[image.File].Select(Annotation)]),
            }),
        ]);
        return tasks.ToJsonString();
    }

    /// <summary>The labels of an export from Label Studio or from here.</summary>
    /// <exception cref="FileFormatException">It is not such a file.</exception>
    public static IReadOnlyList<FeedbackRecord> Read(string name, string text)
    {
        List<FeedbackRecord> labels = [];
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            foreach (JsonElement task in document.RootElement.EnumerateArray())
            {
                JsonElement data = task.GetProperty("data");
                string file = data.TryGetProperty("file", out JsonElement named) ? named.GetString()!
                    : FileOf(data.GetProperty("image").GetString()!);
                string prompt = data.GetProperty("prompt").GetString()!;
                foreach (JsonElement annotation in task.GetProperty("annotations").EnumerateArray())
                {
                    var record = new FeedbackRecord(file, prompt, Rater(annotation), Label(annotation), Time(annotation));
                    labels.Add(record.Problem is { } problem ? throw new FileFormatException(name, $"task {labels.Count + 1}: {problem}.")
                        : record);
                }
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new FileFormatException(
                name, $"it is not an export of Label Studio with data.image, data.prompt and annotations: {e.Message}", e);
        }
        return labels;
    }

    static JsonNode Annotation(FeedbackRecord label) => new JsonObject
    {
        ["created_at"] = label.Time.ToString("O", CultureInfo.InvariantCulture),
        ["was_cancelled"] = false,
        ["result"] = new JsonArray(new JsonObject
        {
            ["from_name"] = "label",
            ["to_name"] = "image",
            ["type"] = "choices",
            ["value"] = new JsonObject { ["choices"] = new JsonArray(Word(label.Label)) },
            ["meta"] = new JsonObject { ["text"] = new JsonArray(RaterMeta + label.Rater) },
        }),
    };

    /// <summary>What was chosen; a task that was skipped over there has no result.</summary>
    static FeedbackLabel Label(JsonElement annotation)
    {
        if (annotation.TryGetProperty("was_cancelled", out JsonElement cancelled) && cancelled.ValueKind == JsonValueKind.True)
            return FeedbackLabel.Skip;
        string? choice = annotation.GetProperty("result").EnumerateArray()
            .Where(r => r.GetProperty("type").GetString() == "choices")
            .Select(r => r.GetProperty("value").GetProperty("choices").EnumerateArray().FirstOrDefault().GetString()).FirstOrDefault();
        return choice?.ToLowerInvariant() switch
        {
            "good" => FeedbackLabel.Good,
            "bad" => FeedbackLabel.Bad,
            "skip" or null => FeedbackLabel.Skip,
            _ => throw new FormatException($"the choice is '{choice}'; expected good, bad or skip"),
        };
    }

    static string Rater(JsonElement annotation)
    {
        foreach (JsonElement result in annotation.GetProperty("result").EnumerateArray())
        {
            if (result.TryGetProperty("meta", out JsonElement meta) && meta.TryGetProperty("text", out JsonElement texts)
                && texts.EnumerateArray().Select(t => t.GetString())
                    .FirstOrDefault(t => t!.StartsWith(RaterMeta, StringComparison.Ordinal)) is { } text)
            {
                return text[RaterMeta.Length..];
            }
        }
        JsonElement by = annotation.GetProperty("completed_by");
        return by.ValueKind == JsonValueKind.Object && by.TryGetProperty("email", out JsonElement email) ? email.GetString()!
            : $"label-studio-{(by.ValueKind == JsonValueKind.Object ? by.GetProperty("id") : by)}";
    }

    static DateTimeOffset Time(JsonElement annotation) => DateTimeOffset.Parse(
        annotation.GetProperty("created_at").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    static string FileOf(string address)
    {
        int at = address.IndexOf("images/", StringComparison.Ordinal);
        return at < 0 ? address : Uri.UnescapeDataString(address[at..]);
    }

    static string Word(FeedbackLabel label) => label.ToString().ToLowerInvariant();
}
