using AlignT2I.Files;

namespace AlignT2I.Feedback;

/// <summary>The file <c>feedback.jsonl</c> of a run folder: labels are only ever appended.</summary>
public sealed class FeedbackFile : IDisposable
{
    readonly string path;
    readonly JsonLinesWriter<FeedbackRecord> writer;

    FeedbackFile(string path, JsonLinesWriter<FeedbackRecord> writer) => (this.path, this.writer) = (path, writer);

    /// <summary>Opens the file for appending, or creates it. Whoever writes into a run folder holds its <see cref="RunLock"/>.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public static FeedbackFile Open(string path)
        => new(path, JsonLinesWriter<FeedbackRecord>.Open(path, FeedbackJson.Default.FeedbackRecord));

    /// <summary>Reads the labels that count: where one rater judged one image several times, the last.</summary>
    /// <param name="path">The file.</param>
    /// <param name="finished">Whether nobody writes the file any more, so that a last line that is cut off is an error.</param>
    /// <returns>In the order in which the images were first judged.</returns>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">A line is not a valid label, or gives an image another prompt than a line before; its number
    /// is in the message.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static IReadOnlyList<FeedbackRecord> Read(string path, bool finished = false)
    {
        var records = new List<FeedbackRecord>();
        var places = new Dictionary<(string Rater, string Image), int>();
        var prompts = new Dictionary<string, JsonLine<FeedbackRecord>>(StringComparer.Ordinal);
        foreach (JsonLine<FeedbackRecord> line in JsonLines.Read(path, FeedbackJson.Default.FeedbackRecord, finished))
        {
            FeedbackRecord record = line.Value;
            if (record.Problem is { } problem)
                throw new FileFormatException($"{path}:{line.Line}", problem + ".");
            if (prompts.TryGetValue(record.Image, out JsonLine<FeedbackRecord> earlier) && earlier.Value.Prompt != record.Prompt)
            {
                throw new FileFormatException($"{path}:{line.Line}", $"{record.Image} is judged for the prompt '{record.Prompt}', " +
                    $"but line {earlier.Line} says '{earlier.Value.Prompt}'; an image has one prompt.");
            }
            prompts.TryAdd(record.Image, line);
            if (places.TryGetValue((record.Rater, record.Image), out int place))
            {
                records[place] = record;
            }
            else
            {
                places.Add((record.Rater, record.Image), records.Count);
                records.Add(record);
            }
        }
        return records;
    }

    /// <summary>Number of the first line that judges an image; null where none does.</summary>
    /// <param name="path">The file.</param>
    /// <param name="image">The image, as the line names it.</param>
    /// <exception cref="FileFormatException">A line before is not a label.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static int? LineOf(string path, string image) => JsonLines.Read(path, FeedbackJson.Default.FeedbackRecord)
        .Where(line => line.Value.Image == image).Select(line => (int?)line.Line).FirstOrDefault();

    /// <summary>Appends a label; it is in the file when this returns.</summary>
    /// <param name="record">The label.</param>
    /// <exception cref="UsageException">A field is empty, or the image is not a path below the run folder.</exception>
    /// <exception cref="StorageException">The disk is full or fails; the file is as it was before.</exception>
    public void Append(FeedbackRecord record)
    {
        if (record.Problem is { } problem)
            throw new UsageException($"{path}: the label was not written: {problem}.");
        writer.Append(record);
    }

    /// <summary>Makes what was appended survive a power failure.</summary>
    /// <exception cref="StorageException">The disk fails.</exception>
    public void FlushToDisk() => writer.FlushToDisk();

    /// <summary>Closes the file.</summary>
    public void Dispose() => writer.Dispose();
}
