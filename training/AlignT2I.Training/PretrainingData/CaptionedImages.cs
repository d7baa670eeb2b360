using System.Security.Cryptography;
using System.Text;
using AlignT2I.Files;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.PretrainingData;

/// <summary>Pre-training images from WebDataset shards and from folders of images with captions, cut to the model's size.</summary>
/// <remarks>
/// A part is read once: which images it gave is in a list beside the latents, and it is read again only where it has changed, its
/// reading was interrupted or its latents are gone. What cannot be used is skipped, counted, and named in <c>skipped.jsonl</c> beside that
/// list.
/// </remarks>
/// <param name="paths">Tar shards, folders of them, folders of images.</param>
/// <param name="filter">Which images are kept.</param>
/// <param name="clip">Embeds images for the filter.</param>
/// <param name="run">The run folder; the lists are in its <c>latents/</c>.</param>
public sealed class CaptionedImages(IReadOnlyList<string> paths, AestheticFilter filter, ClipEmbedder clip, RunFolder run)
    : PretrainingSource
{
    const int BatchSize = 8;
    const string ListName = "images.jsonl";

    /// <summary>Images and texts that could not be used, of all parts.</summary>
    public int Skipped { get; private set; }

    internal override IReadOnlyList<PretrainingImage> Collect(
        LatentCache latents, IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        ImagePart[] parts = [.. paths.SelectMany(ImagePart.Of)];
        string folder = RunFolder.Make(Path.Combine(run.LatentsFolder, $"pretraining-{latents.ModelHash}-{filter.Name}"));
        Dictionary<string, List<PretrainingRecord>> known = Read(Path.Combine(folder, ListName));
        List<PretrainingImage> images = [];
        foreach (ImagePart part in parts)
        {
            IReadOnlyList<PretrainingRecord> records = known.GetValueOrDefault(part.Path) is [.., { Key: null } end] done
                && end.Stamp == part.Stamp() && latents.Has(done.Select(r => r.Key).OfType<string>())
                ? done : ReadPart(part, latents, folder, cancellationToken);
            images.AddRange(records.Where(r => r.Key is not null).Select(r => new PretrainingImage(r.Key!, r.Caption!)));
            Skipped += records[^1].Skipped;
            progress?.Report(new StageProgress(
                "pre-training images", Array.IndexOf(parts, part) + 1, parts.Length, "part", ("kept", images.Count),
                ("skipped", Skipped)));
        }
        return [.. images.DistinctBy(i => i.Key)];
    }

    /// <summary>The last reading of each part; one that was interrupted has no end.</summary>
    static Dictionary<string, List<PretrainingRecord>> Read(string list)
    {
        Dictionary<string, List<PretrainingRecord>> parts = [];
        if (!File.Exists(list))
            return parts;
        foreach (JsonLine<PretrainingRecord> line in JsonLines.Read(list, PretrainingJson.Default.PretrainingRecord))
        {
            PretrainingRecord record = line.Value;
            if (!parts.TryGetValue(record.Part, out List<PretrainingRecord>? records) || records is [.., { Key: null }])
                parts[record.Part] = records = [];      // read again after its end
            records.Add(record);
        }
        return parts;
    }

    List<PretrainingRecord> ReadPart(ImagePart part, LatentCache latents, string folder, CancellationToken cancellationToken)
    {
        using var list = JsonLinesWriter<PretrainingRecord>.Open(
            Path.Combine(folder, ListName), PretrainingJson.Default.PretrainingRecord);
        using var skipped = JsonLinesWriter<SkippedImage>.Open(
            Path.Combine(folder, "skipped.jsonl"), PretrainingJson.Default.SkippedImage);
        string stamp = part.Stamp(), prefix = ContentHash.Digits(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(part.Path))));
        List<PretrainingRecord> records = [];
        int problems = 0;
        foreach (CaptionedImage[] batch in part.Read(Report).Chunk(BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<(CaptionedImage Source, Image Pixels)> decoded = [];
            foreach (CaptionedImage source in batch)
            {
                try
                {
                    decoded.Add((source, ImageFile.Decode(source.Bytes, $"{part.Path}/{Printable.Text(source.Name)}")));
                }
                catch (FileFormatException e)
                {
                    Report(e);
                }
            }
            bool[] kept = filter.Keep([.. decoded.Select(d => d.Source)], [.. decoded.Select(d => d.Pixels)], clip);
            (string Key, CaptionedImage Source, Image Pixels)[] taken =
                [.. decoded.Where((_, i) => kept[i]).Select(
                    d => ($"{prefix}:{d.Source.Name}:{d.Source.Bytes.Length}", d.Source, d.Pixels))];
            latents.Pictures([.. taken.Select(t => (t.Key, t.Pixels))], cancellationToken);
            foreach ((string key, CaptionedImage source, _) in taken)
                Add(new PretrainingRecord(part.Path, key, source.Caption));
        }
        Add(new PretrainingRecord(part.Path, Stamp: stamp, Skipped: problems));
        return records;

        void Report(FileFormatException problem)
        {
            problems++;
            skipped.Append(new SkippedImage(problem.Message));
        }

        void Add(PretrainingRecord record)
        {
            records.Add(record);
            list.Append(record);
        }
    }
}
