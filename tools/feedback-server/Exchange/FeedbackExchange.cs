using System.Globalization;
using System.Text;
using System.Text.Json;
using AlignT2I.Feedback;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Exchange;

/// <summary>Labels in and out of files.</summary>
internal static class FeedbackExchange
{
    public const int MostBytes = 256 << 20;

    /// <summary>The text of a file with these labels.</summary>
    /// <param name="images">All images of the study: Label Studio gets a task for each.</param>
    public static string Write(
        FeedbackFormat format, IReadOnlyList<FeedbackRecord> labels, IEnumerable<(string File, string Prompt)> images)
    {
        if (format == FeedbackFormat.LabelStudio)
            return LabelStudio.Write(images, labels);
        var text = new StringBuilder();
        if (format == FeedbackFormat.Csv)
            Csv.Write(text, "image", "prompt", "rater", "label", "time");
        foreach (FeedbackRecord label in labels)
        {
            if (format == FeedbackFormat.Jsonl)
                text.Append(JsonSerializer.Serialize(label, FeedbackJson.Default.FeedbackRecord)).Append('\n');
            else
                Csv.Write(text, label.Image, label.Prompt, label.Rater, label.Label.ToString().ToLowerInvariant(),
                    label.Time.ToString("O", CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }

    /// <summary>Reads a file of labels; its name says what it is.</summary>
    /// <param name="path">.jsonl, .csv or .json.</param>
    /// <param name="mappingPath">What the columns of a CSV file mean; null for our own.</param>
    /// <param name="now">Time of labels for which the file has none.</param>
    /// <exception cref="UsageException">There is no such file, or its name does not say what it is.</exception>
    /// <exception cref="FileFormatException">It is damaged.</exception>
    public static IReadOnlyList<FeedbackRecord> Read(string path, string? mappingPath, DateTimeOffset now)
    {
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".jsonl" when mappingPath is null:
                return FeedbackFile.Read(path, finished: true);
            case ".json" when mappingPath is null:
                return LabelStudio.Read(path, Text(path));
            case ".csv" when mappingPath is null:
                return CsvImport.Read(path, Text(path));
            case ".csv":
                string folder = Path.GetDirectoryName(Path.GetFullPath(mappingPath))!;
                return CsvImport.Read(path, Text(path), CsvMapping.Read(mappingPath), folder, now);
            default:
                throw new UsageException($"{path}: the name ends neither with .jsonl (a run's feedback), .csv nor .json (Label Studio)"
                    + (mappingPath is null ? "." : "; a mapping is for .csv only."));
        }
    }

    /// <summary>
    /// Writes the labels into feedback.jsonl of a run folder, where train-reward reads them. Lines of raters that are not of this study
    /// stay.
    /// </summary>
    /// <param name="raters">The study's raters: their lines in the file are replaced.</param>
    /// <returns>The file.</returns>
    /// <exception cref="UsageException">Another process is working in the run folder.</exception>
    /// <exception cref="StorageException">The file cannot be written; the old one is untouched.</exception>
    public static string Publish(string runFolder, IReadOnlyList<FeedbackRecord> labels, IReadOnlySet<string> raters)
    {
        using RunLock alone = RunLock.Acquire(runFolder);
        string path = Path.Combine(runFolder, "feedback.jsonl");
        IEnumerable<FeedbackRecord> others = File.Exists(path) ? FeedbackFile.Read(path).Where(r => !raters.Contains(r.Rater)) : [];
        AtomicFile.WriteAllText(path, Write(FeedbackFormat.Jsonl, [.. others, .. labels], []));
        return path;
    }

    static string Text(string path) => Encoding.UTF8.GetString(InputFile.ReadAllBytes(path, MostBytes));
}
