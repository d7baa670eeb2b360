using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using AlignT2I.Feedback;
using AlignT2I.Files;

namespace AlignT2I.Align.Tests;

/// <summary>The commands one after the other on a tiny random model.</summary>
internal sealed partial class EndToEndTests
{
    [GeneratedRegex("""(src|href)="(?!data:|#)""")]
    private static partial Regex OutsideReference();

    [Test]
    public void The_stages_one_by_one_end_in_a_report()
    {
        using var tiny = new TinyRun();
        tiny.WithReward();
        Assert.That(Directory.EnumerateFiles(tiny.In("images"), "*.png").Count(), Is.EqualTo(32));
        JsonElement finetuned = CommandRun.Finetune(tiny.FinetuneArguments(3, "--json")).Succeeded().Json;
        Assert.That(finetuned.GetProperty("steps").GetInt32(), Is.EqualTo(3));
        Assert.That(File.Exists(tiny.In("finetuned", "unet", "diffusion_pytorch_model.safetensors")));

        CommandRun evaluation = CommandRun.Align(
            "evaluate", "--run", tiny.Path, "--model", tiny.Model, "--json", "--images-per-prompt", "2",
            "--rejection-samples", "3", "--steps", "1", "--guidance-scale", "1").Succeeded();
        CheckNumbers(evaluation.Json);
        Assert.That(evaluation.Error, Does.Contain("Table 1").And.Contain("Table 2").And.Contain("Report: "));
        using JsonDocument written = JsonDocument.Parse(File.ReadAllText(tiny.In("report", "report.json")));
        CheckNumbers(written.RootElement);

        IReadOnlyList<ImageRecord> chosen = ImageManifest.Read(tiny.In("evaluation", "rejectionSampling"));
        Assert.That(chosen.Select(i => File.Exists(tiny.In("evaluation", "rejectionSampling", i.File))),
            Is.Not.Empty.And.All.True, "the set that raters can compare with a model's");

        string html = File.ReadAllText(tiny.In("report", "index.html"));
        Assert.That(OutsideReference().IsMatch(html), Is.False, "the report needs another file");
        foreach (string words in (string[])["simulated rater", "data:image/png;base64,", "<svg", "Table 2"])
            Assert.That(html, Does.Contain(words));
    }

    [TestCase("bfloat16")]
    [TestCase("float16")]
    public void Finetune_in_mixed_precision_writes_the_float32_masters(string dtype)
    {
        using var tiny = new TinyRun();
        tiny.WithReward();
        CommandRun finetuned = CommandRun.Finetune(tiny.FinetuneArguments(3, "--json", "--dtype", dtype)).Succeeded();
        Assert.That(finetuned.Error, Does.Contain(dtype));
        using SafetensorsFile file = SafetensorsFile.Open(tiny.In("finetuned", "unet", "diffusion_pytorch_model.safetensors"));
        Assert.That(file.Tensors.Select(t => t.DType), Is.All.EqualTo(SafetensorsDType.Float32));
        ReadOnlySpan<float> weights = MemoryMarshal.Cast<byte, float>(file.GetBytes("mid_block.attentions.0.proj_in.weight"));
        Assert.That(weights.ToArray().Any(w => w != (float)(Half)w), Is.True, "the weights are finer than 16 bits");
    }

    [Test]
    public void The_demo_chains_them_and_a_second_call_trains_nothing()
    {
        using var tiny = new TinyRun();
        File.WriteAllText(tiny["options.json"], """
            {
              "trainingPrompts": 8, "labelledImagesPerPrompt": 3, "unlabelledImagesPerPrompt": 1, "pretrainingImages": 6,
              "evaluationPromptsPerSet": 4, "evaluationImagesPerPrompt": 2, "rejectionSamples": 3, "referenceImagesPerPrompt": 2,
              "samplePrompts": 3, "generation": { "steps": 1, "guidanceScale": 1 }, "rating": { "errorRate": 0.4 },
              "reward": { "hiddenSizes": [8], "maxEpochs": 2 },
              "finetune": { "steps": 3, "batchSize": 2, "pretrainingBatchSize": 2, "logSteps": 1 }
            }
            """);
        string[] arguments =
            ["demo", "--output", tiny.Path, "--model", tiny.Model, "--config", tiny["options.json"], "--ablations", "--seed", "3"];
        string first = CommandRun.Align(arguments).Succeeded().Output;
        Assert.That(first, Does.Contain("[1/10]").And.Contain("[10/10]").And.Contain("Table 2").And.Contain("simulated"));
        Assert.That(first.TrimEnd().Split('\n')[^1], Does.StartWith("Report: ").And.EndsWith(Path.Combine("report", "index.html")));

        CommandRun second = CommandRun.Align([.. arguments, "--json"]).Succeeded();
        JsonElement models = second.Json.GetProperty("models");
        Assert.That(models.TryGetProperty("humanOnly", out _) && models.TryGetProperty("withUnlabeled", out _));
        Assert.That(second.Json.GetProperty("seed").GetInt32(), Is.EqualTo(3));
        Assert.That(second.Error, Does.Not.Contain("fine-tune |").And.Not.Contain("generate |"));
        CommandRun.Align([.. arguments[..^1], "4"]).Failed(2, "other options");

        string tables = CommandRun.Align("tables", tiny.Path, tiny.Path).Succeeded().Output;
        string reward = models.GetProperty("full").GetProperty("averageReward").GetDouble().ToString("F3", CultureInfo.InvariantCulture);
        Assert.That(tables, Does.Contain("| model | seed 3 | seed 3 | mean |")
            .And.Contain($"| + pre-training loss (full, eq. 4) | {reward} | {reward} | {reward} |"));
        CommandRun.Align("tables", tiny["nowhere"]).Failed(2, "nowhere");
    }

    static void CheckNumbers(JsonElement report)
    {
        Assert.That(report.GetProperty("elapsedSeconds").GetDouble(), Is.Positive);
        Assert.That(report.GetProperty("peakResidentBytes").GetInt64(), Is.Positive);
        foreach (string score in (string[])["reward", "withoutPromptClassification", "clipScore"])
        {
            foreach (string set in (string[])["seen", "unseen"])
                Assert.That(report.GetProperty("rewardAccuracy").GetProperty(score).GetProperty(set).GetDouble(), Is.InRange(0, 1));
        }
        foreach (string name in (string[])["original", "full", "rejectionSampling"])
        {
            JsonElement model = report.GetProperty("models").GetProperty(name);
            Assert.That(model.GetProperty("averageReward").GetDouble(), Is.InRange(0, 1));
            Assert.That(model.GetProperty("frechetDistance").GetDouble(), Is.Not.Negative);
            foreach (string category in (string[])["overall", "seen", "unseen", "count", "color", "background", "combination"])
                Assert.That(model.GetProperty("alignment").GetProperty(category).GetDouble(), Is.InRange(0, 1));
        }
    }

    [Test]
    public void The_miniature_draws_what_it_is_asked_for_without_a_model_being_named()
    {
        if (!Directory.Exists(Path.Combine(AppContext.BaseDirectory, "miniature")))
            Assert.Ignore("models/miniature is not in the repository; make it with 'align pretrain --output models/miniature'.");
        using var tiny = new TinyRun();
        JsonElement result = CommandRun.Align(
            "generate", "--output", tiny["out"], "--prompt", "A red circle at night", "--images-per-prompt", "2", "--steps", "2",
            "--json").Succeeded().Json;
        Assert.That(result.GetProperty("images").GetInt32(), Is.EqualTo(2));
        Assert.That(Directory.EnumerateFiles(tiny["out"], "*.png", SearchOption.AllDirectories).Count(), Is.EqualTo(2));
    }
}
