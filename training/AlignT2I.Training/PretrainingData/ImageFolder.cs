using System.Security.Cryptography;
using System.Text;
using AlignT2I.Files;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.PretrainingData;

/// <summary>
/// A folder of images with their captions side by side: <c>cat.jpg</c>, <c>cat.txt</c> and maybe <c>cat.json</c>, also in folders below.
/// </summary>
internal sealed class ImageFolder(string path) : ImagePart(path)
{
    /// <summary>Links are not followed: a circle of them would never end.</summary>
    static readonly EnumerationOptions everywhere =
        new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.ReparsePoint };

    public override string Stamp()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string image in Images())
        {
            string text = Beside(image, ".txt"), json = Beside(image, ".json");
            hash.AppendData(Encoding.UTF8.GetBytes($"{image}:{StampOf(image)}:{StampOf(text)}:{StampOf(json)}\n"));
        }
        return ContentHash.Digits(hash.GetHashAndReset());
    }

    public override IEnumerable<CaptionedImage> Read(Action<FileFormatException> report)
    {
        foreach (string image in Images())
        {
            CaptionedImage? read = null;
            try
            {
                read = CaptionedImage.From(
                    System.IO.Path.GetRelativePath(Path, image), InputFile.ReadAllBytes(image, CaptionedImage.MaxImageBytes),
                    Text(image, ".txt"), Text(image, ".json"));
            }
            catch (FileFormatException e)
            {
                report(e);
            }
            if (read is not null)
                yield return read;
        }
    }

    IEnumerable<string> Images() => Directory.EnumerateFiles(Path, "*", everywhere)
        .Where(f => CaptionedImage.IsImage(System.IO.Path.GetExtension(f).TrimStart('.').ToLowerInvariant()))
        .Order(StringComparer.Ordinal);

    static string Beside(string image, string extension) => System.IO.Path.ChangeExtension(image, extension);

    static string? Text(string image, string extension)
    {
        string file = Beside(image, extension);
        return File.Exists(file) ? Encoding.UTF8.GetString(InputFile.ReadAllBytes(file, CaptionedImage.MaxTextBytes)) : null;
    }
}
