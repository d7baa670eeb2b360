using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using AlignT2I.Files;

namespace AlignT2I.Training.PretrainingData;

/// <summary>
/// A WebDataset shard, as img2dataset writes it: <c>key.jpg</c>, <c>key.txt</c> and <c>key.json</c> one after the other in a tar, which
/// may be compressed by gzip.
/// </summary>
/// <remarks>
/// Nothing of it is ever written to the disk, so names are names and no paths. Links and devices are skipped, entries and names have
/// bounds, and what follows a damaged place is given up; all of it is reported.
/// </remarks>
internal sealed class TarShard(string path) : ImagePart(path)
{
    const int LongestName = 1024;

    static readonly string[] names = [".tar", ".tar.gz", ".tgz"];

    /// <summary>Whether a file in a folder is one, by its name.</summary>
    public static bool IsName(string path) => names.Any(n => path.EndsWith(n, StringComparison.OrdinalIgnoreCase));

    public override string Stamp() => StampOf(Path);

    public override IEnumerable<CaptionedImage> Read(Action<FileFormatException> report)
    {
        using FileStream file = InputFile.OpenRead(Path);
        using var buffered = new BufferedStream(file, 1 << 20);
        using Stream tar = IsCompressed(buffered) ? new GZipStream(buffered, CompressionMode.Decompress) : buffered;
        using var reader = new TarReader(tar);
        Sample? sample = null;
        while (Next(reader, report) is { } entry)
        {
            if (entry.EntryType is TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes)
                continue;
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
            {
                report(Problem(entry.Name, $"it is a {entry.EntryType}; only files are read."));
                continue;
            }
            (string key, string extension) = Split(entry.Name);
            if (key.Length is 0 or > LongestName)
            {
                report(Problem(entry.Name, $"its name has {entry.Name.Length} characters; expected a key of 1 to {LongestName}."));
                continue;
            }
            if (sample?.Key != key)
            {
                if (sample is not null && Finish(sample, report) is { } finished)
                    yield return finished;
                sample = new Sample(key);
            }
            if (!Take(sample, extension, entry, report))
            {
                sample = null;      // reported already
                break;
            }
        }
        if (sample is not null && Finish(sample, report) is { } last)
            yield return last;
    }

    /// <summary>Key and extension: the name up to the first dot of its last part, and the rest.</summary>
    static (string Key, string Extension) Split(string name)
    {
        int start = name.LastIndexOf('/') + 1, dot = name.IndexOf('.', start);
        return dot < 0 ? (name, "") : (name[..dot], name[(dot + 1)..].ToLowerInvariant());
    }

    /// <summary>Looks at the first two bytes; the name does not matter.</summary>
    static bool IsCompressed(BufferedStream stream)
    {
        bool compressed = stream.ReadByte() == 0x1F && stream.ReadByte() == 0x8B;
        stream.Position = 0;
        return compressed;
    }

    TarEntry? Next(TarReader reader, Action<FileFormatException> report)
    {
        try
        {
            return reader.GetNextEntry();
        }
        catch (Exception e) when (IsDamage(e))
        {
            report(Problem("", $"it cannot be read any further: {e.Message} Is it whole?"));
            return null;
        }
    }

    /// <returns>Whether the shard can be read on.</returns>
    bool Take(Sample sample, string extension, TarEntry entry, Action<FileFormatException> report)
    {
        bool image = CaptionedImage.IsImage(extension);
        if (!image && extension is not ("txt" or "json"))
            return true;
        int limit = image ? CaptionedImage.MaxImageBytes : CaptionedImage.MaxTextBytes;
        if (entry.Length > limit)
        {
            report(Problem(entry.Name, $"it has {entry.Length} bytes; at most {limit} are read."));
            return true;
        }
        byte[] bytes = new byte[entry.Length];
        try
        {
            entry.DataStream?.ReadExactly(bytes);
        }
        catch (Exception e) when (IsDamage(e))
        {
            report(Problem(entry.Name, "the shard ends within it; it is cut, or still being written."));
            return false;
        }
        if (image)
            sample.Image = bytes;
        else if (extension == "txt")
            sample.Text = Encoding.UTF8.GetString(bytes);
        else
            sample.Json = Encoding.UTF8.GetString(bytes);
        return true;
    }

    CaptionedImage? Finish(Sample sample, Action<FileFormatException> report)
    {
        try
        {
            return CaptionedImage.From(sample.Key, sample.Image, sample.Text, sample.Json);
        }
        catch (FileFormatException e)
        {
            report(new FileFormatException($"{Path}/{Printable.Text(e.Path)}", e.Message[(e.Path.Length + 2)..], e));
            return null;
        }
    }

    FileFormatException Problem(string entry, string problem) =>
        new(entry.Length == 0 ? Path : $"{Path}/{Printable.Text(entry)}", problem);

    /// <summary>What System.Formats.Tar throws on headers that lie.</summary>
    static bool IsDamage(Exception e) =>
        e is IOException or InvalidDataException or InvalidOperationException or FormatException or OverflowException or ArgumentException
            or NotSupportedException or OutOfMemoryException;

    /// <summary>What has come of one key.</summary>
    sealed record Sample(string Key)
    {
        public byte[]? Image { get; set; }

        public string? Text { get; set; }

        public string? Json { get; set; }
    }
}
