using System.Text.Json;
using AlignT2I.Files;

namespace AlignT2I.Feedback;

/// <summary>
/// The lists of images of a run folder or a folder of pictures: <c>images.jsonl</c>, and <c>images.i-of-n.jsonl</c> where shards drew
/// them.
/// </summary>
public static class ImageManifest
{
    const string Images = "images/";
    const int MostNameChars = 200;

    /// <summary>Reads the manifests of a folder, in the order of the images' ids; nothing where there is none.</summary>
    /// <param name="folder">The run folder.</param>
    /// <exception cref="FileFormatException">A line is not a record of an image, or names a file that is neither in the folder nor in its
    /// images/.</exception>
    /// <exception cref="StorageException">A manifest cannot be read.</exception>
    public static IReadOnlyList<ImageRecord> Read(string folder)
    {
        SortedDictionary<string, ImageRecord> records = new(StringComparer.Ordinal);
        foreach (string manifest in Manifests(folder))
        {
            foreach (JsonLine<ImageRecord> line in JsonLines.Read(manifest, FeedbackJson.Default.ImageRecord))
            {
                string file = line.Value.File;
                if (!IsFileName(file.StartsWith(Images, StringComparison.Ordinal) ? file[Images.Length..] : file))
                    throw new FileFormatException(
                        $"{manifest}:{line.Line}", $"the file '{file}' lies neither in {Images} nor beside the list.");
                records[line.Value.Id] = line.Value;
            }
        }
        return [.. records.Values];
    }

    /// <summary>Opens a manifest for appending.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public static JsonLinesWriter<ImageRecord> Open(string path) =>
        JsonLinesWriter<ImageRecord>.Open(path, FeedbackJson.Default.ImageRecord);

    /// <summary>Writes a manifest whole, in place of an older one.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="images">The images.</param>
    /// <exception cref="StorageException">It cannot be written; an older file is untouched.</exception>
    public static void Write(string path, IEnumerable<ImageRecord> images) => AtomicFile.Write(path, stream =>
    {
        foreach (ImageRecord image in images)
        {
            stream.Write(JsonSerializer.SerializeToUtf8Bytes(image, FeedbackJson.Default.ImageRecord));
            stream.WriteByte((byte)'\n');
        }
    });

    static IEnumerable<string> Manifests(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "images*.jsonl").Order(StringComparer.Ordinal) : [];

    static bool IsFileName(string name) =>
        name.Length is > 0 and <= MostNameChars && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
