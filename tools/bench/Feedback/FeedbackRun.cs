using AlignT2I.Feedback;
using AlignT2I.Files;

namespace AlignT2I.Bench.Feedback;

/// <summary>A run folder with pictures of noise, of the size of the miniature's, removed afterwards.</summary>
internal sealed class FeedbackRun : IDisposable
{
    const int Size = 64, ImagesPerPrompt = 3;

    /// <summary>Makes the folder.</summary>
    /// <param name="prompts">Prompts, with three images each.</param>
    public FeedbackRun(int prompts)
    {
        Directory.CreateDirectory(System.IO.Path.Combine(Path, "images"));
        var random = new Random(1);
        byte[] pixels = new byte[Size * Size * 3];
        using JsonLinesWriter<ImageRecord> manifest = ImageManifest.Open(System.IO.Path.Combine(Path, "images.jsonl"));
        for (int i = 0; i < prompts * ImagesPerPrompt; i++)
        {
            random.NextBytes(pixels);
            string id = $"prompt-{i / ImagesPerPrompt:D5}-{i % ImagesPerPrompt:D4}", file = $"images/{id}.png";
            Png.Write(System.IO.Path.Combine(Path, file), new Image(Size, Size, 3, pixels));
            manifest.Append(new ImageRecord(id, file, id[..12], $"Prompt number {i / ImagesPerPrompt}", 1, "none", "none", 1, 1));
        }
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("align-bench-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
