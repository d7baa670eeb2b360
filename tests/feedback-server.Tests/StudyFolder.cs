using System.Text.Json.Nodes;
using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Files.Tests;

namespace AlignT2I.FeedbackServer.Tests;

/// <summary>A run folder with small images of one colour each, removed after the test.</summary>
internal sealed class StudyFolder : IDisposable
{
    static readonly string[] categories = ["count", "color", "background", "combination"];

    readonly TempFolder folder = new();

    /// <param name="prompts">Number of prompts, of the four categories in turn.</param>
    /// <param name="imagesPerPrompt">Images of each.</param>
    public StudyFolder(int prompts = 4, int imagesPerPrompt = 3)
    {
        AddSet("", prompts, imagesPerPrompt);
        File.WriteAllLines(this["prompts.jsonl"], Enumerable.Range(0, prompts).Select(p => new JsonObject
        {
            ["id"] = $"prompt-{p:D3}",
            ["text"] = PromptOf(p),
            ["category"] = categories[p % 4],
            ["object"] = "star",
            ["split"] = "train",
        }.ToJsonString()));
    }

    public string Path => folder.Path;

    public string this[string name] => folder[name];

    public static string PromptOf(int prompt) => $"Prompt number {prompt}";

    /// <summary>Adds a set of images with a list of its own, as a model's in evaluation/.</summary>
    public StudyFolder AddSet(string name, int prompts, int imagesPerPrompt, Func<int, string>? text = null)
    {
        Directory.CreateDirectory(System.IO.Path.Combine(Path, name, "images"));
        using JsonLinesWriter<ImageRecord> manifest = ImageManifest.Open(System.IO.Path.Combine(Path, name, "images.jsonl"));
        for (int prompt = 0; prompt < prompts; prompt++)
        {
            for (int number = 0; number < imagesPerPrompt; number++)
            {
                string id = $"prompt-{prompt:D3}-{number:D4}";
                byte shade = (byte)(40 + 60 * number);
                byte[] pixels = [.. Enumerable.Range(0, 8 * 8)
                    .SelectMany(_ => new byte[] { shade, (byte)(prompt * 37), (byte)(255 - shade) })];
                Png.Write(System.IO.Path.Combine(Path, name, "images", $"{id}.png"), new Image(8, 8, 3, pixels), new Dictionary<string,
                    string>
                {
                    ["model_hash"] = "secret-model",
                });
                manifest.Append(new ImageRecord(
                    id, $"images/{id}.png", $"prompt-{prompt:D3}", text?.Invoke(prompt) ?? PromptOf(prompt), 1, "secret-model",
                    "DDIMScheduler", 10, 3));
            }
        }
        return this;
    }

    public void Dispose() => folder.Dispose();
}
