using AlignT2I.Feedback;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Studies;

/// <summary>The images of a run folder and what their prompts test.</summary>
/// <param name="Images">The images in the order of their ids.</param>
/// <param name="Categories">Category by id of the prompt, for the prompts that prompts.jsonl gives one.</param>
internal sealed record RunImages(IReadOnlyList<ImageRecord> Images, IReadOnlyDictionary<string, string> Categories)
{
    /// <summary>Reads the manifests and, where there is one, prompts.jsonl.</summary>
    /// <exception cref="FileFormatException">A line is not what it should be.</exception>
    /// <exception cref="StorageException">A file cannot be read.</exception>
    public static RunImages Read(string runFolder)
    {
        Dictionary<string, string> categories = [];
        string prompts = Path.Combine(runFolder, "prompts.jsonl");
        if (File.Exists(prompts))
        {
            foreach (JsonLine<PromptLine> line in JsonLines.Read(prompts, PromptLineJson.Default.PromptLine))
                categories[line.Value.Id] = line.Value.Category ?? "";
        }
        return new RunImages(ImageManifest.Read(runFolder), categories);
    }

    /// <summary>Folders of image sets that can be compared: the run's own, and those below evaluation/; from the run folder on.</summary>
    public static IReadOnlyList<string> Sets(string runFolder)
    {
        string evaluation = Path.Combine(runFolder, "evaluation");
        IEnumerable<string> nested = Directory.Exists(evaluation)
            ? Directory.EnumerateDirectories(evaluation).Select(d => $"evaluation/{Path.GetFileName(d)}").Order(StringComparer.Ordinal)
                : [];
        return [.. nested.Append("").Where(set => Directory.EnumerateFiles(Path.Combine(runFolder, set), "images*.jsonl").Any())];
    }
}
