using System.Globalization;
using AlignT2I.Files;
using AlignT2I.Training.Prompts;

namespace AlignT2I.Training.Evaluation;

/// <summary>Captions that models draw for the Fréchet Inception distance.</summary>
/// <remarks>COCO's format: Chen et al. 2015, arXiv:1504.00325, and cocodataset.org, "caption annotations".</remarks>
internal static class CaptionFile
{
    /// <summary>Reads one caption of each image of a COCO file, by the images' numbers, or the lines of a text.</summary>
    /// <param name="path">The file; its name ends with .json for COCO's format.</param>
    /// <param name="most">How many; null takes all.</param>
    /// <returns>An id for file names, and the text. Of an image's captions it is the one with the lowest
    /// number that is not blank.</returns>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It holds fewer than two captions, or is not of its format.</exception>
    public static IReadOnlyList<(string Id, string Text)> Read(string path, int? most)
    {
        IEnumerable<(string, string)> captions = path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? ReadCoco(path)
            : PromptImport.Read(path, PromptSplit.Pretrain)
                .Select((p, i) => ($"caption-{i.ToString("D6", CultureInfo.InvariantCulture)}", p.Text));
        (string, string)[] read = [.. captions.Take(most ?? int.MaxValue)];
        return read.Length >= 2 ? read : throw new FileFormatException(
            path,
            $"it holds {read.Length} caption{(read.Length == 1 ? "" : "s")}; a distance between two sets of images needs two at least.");
    }

    static IEnumerable<(string, string)> ReadCoco(string path) =>
        TrainingFile
            .Read(path, CocoJson.Default.CocoCaptions, "a captions file of COCO, with annotations of image_id, id and caption")
            .Annotations
            .Where(a => !string.IsNullOrWhiteSpace(a.Caption))
            .GroupBy(a => a.ImageId).OrderBy(g => g.Key)
            .Select(g => ($"coco-{g.Key.ToString("D12", CultureInfo.InvariantCulture)}", Line(g.MinBy(a => a.Id)!.Caption)));

    /// <summary>A caption on one line; some of COCO's end with a line feed.</summary>
    static string Line(string caption) => string.Join(' ', caption.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
