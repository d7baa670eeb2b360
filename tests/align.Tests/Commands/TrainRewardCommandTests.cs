using System.Text.Json;

namespace AlignT2I.Align.Tests.Commands;

public class TrainRewardCommandTests
{
    TinyRun tiny = null!;

    [OneTimeSetUp]
    public void MakeRun() => tiny = new TinyRun().WithReward();

    [OneTimeTearDown]
    public void DeleteRun() => tiny.Dispose();

    [Test]
    public void Several_seeds_give_a_mean_and_a_spread_and_resume_keeps_what_is_trained()
    {
        CommandRun run = Train("--seeds", "3,4,5", "--epochs", "2", "--json").Succeeded();
        Assert.That(run.Json.GetProperty("seeds").GetInt32(), Is.EqualTo(3));
        Assert.That(run.Json.GetProperty("spreadPairwiseAccuracy").GetDouble(), Is.GreaterThan(0));
        JsonElement spread = JsonDocument.Parse(File.ReadAllText(tiny.In("reward", "seeds.json"))).RootElement;
        Assert.That(spread.GetProperty("seeds").EnumerateArray().Select(s => s.GetInt32()), Is.EqualTo(new[] { 3, 4, 5 }));

        DateTime old = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        string first = tiny.In("reward", "model.safetensors"), second = tiny.In("reward", "seed-4", "model.safetensors");
        File.SetLastWriteTimeUtc(first, old);
        File.Delete(second);
        Train("--seeds", "3,4,5", "--epochs", "2", "--resume").Succeeded();
        Assert.That(File.GetLastWriteTimeUtc(first), Is.EqualTo(old), "it was trained again");
        Assert.That(File.Exists(second), Is.True);
        Train("--seeds", "3,4,5", "--epochs", "1", "--resume").Succeeded();
        Assert.That(File.GetLastWriteTimeUtc(first), Is.Not.EqualTo(old), "other options need another training");
    }

    [Test]
    public void The_paper_is_the_default_of_all_models_but_the_miniature()
    {
        Assert.That(Train("--epochs", "1").Succeeded().Output, Does.Contain("hidden layers 256, 256").And.Contain("of 64 labels"));
        using var everyday = new TinyRun();
        everyday.WithReward().WithEverydayVocabulary();
        CommandRun run = CommandRun.TrainReward("--run", everyday.Path, "--model", everyday.Model, "--epochs", "1").Succeeded();
        Assert.That(run.Output, Does.Contain("hidden layers 1024, 1024").And.Contain("of 512 labels"));
        JsonElement metrics = JsonDocument.Parse(File.ReadAllText(everyday.In("reward", "metrics.json"))).RootElement;
        JsonElement options = metrics.GetProperty("options");
        Assert.That(options.GetProperty("clipScoreInput").GetBoolean(), Is.False);
        Assert.That(options.GetProperty("patience").GetInt32(), Is.EqualTo(2));
    }

    [Test]
    public void The_device_is_opened_by_its_name() => Train("--device", "magic").Failed(2, "'magic'");

    [Test]
    public void Ablations_go_into_folders_of_their_own_and_the_reward_stays()
    {
        byte[] reward = File.ReadAllBytes(tiny.In("reward", "model.safetensors"));
        Train("--fraction", "0.5", "--no-prompt-classification", "--epochs", "1", "--labels", "mean", "--balance-classes").Succeeded();
        JsonElement metrics = JsonDocument.Parse(
            File.ReadAllText(tiny.In("reward", "fraction-0.5-without-prompt-classification", "metrics.json"))).RootElement;
        Assert.That(metrics.GetProperty("promptClassificationWeight").GetDouble(), Is.Zero);
        Assert.That(metrics.GetProperty("dataFraction").GetDouble(), Is.EqualTo(0.5));
        Assert.That(metrics.GetProperty("options").GetProperty("labels").GetString(), Is.EqualTo("mean"));
        Assert.That(metrics.GetProperty("calibration").GetProperty("bins").GetArrayLength(), Is.GreaterThan(0));
        Assert.That(File.ReadAllBytes(tiny.In("reward", "model.safetensors")), Is.EqualTo(reward));
    }

    [Test]
    public void Shares_of_the_labels_are_trained_on_and_evaluated()
    {
        using var other = new TinyRun();
        other.WithReward();
        CommandRun.TrainReward("--run", other.Path, "--model", other.Model, "--epochs", "1", "--fractions", "0.75, 0.5").Succeeded();
        CommandRun run = CommandRun.Align(
            "evaluate", "--run", other.Path, "--model", other.Model, "--images-per-prompt", "2", "--rejection-samples", "3",
            "--steps", "1", "--guidance-scale", "1", "--json").Succeeded();
        JsonElement[] fractions = [.. run.Json.GetProperty("rewardAccuracy").GetProperty("fractions").EnumerateArray()];
        Assert.That(fractions.Select(f => f.GetProperty("fraction").GetDouble()), Is.EqualTo(new[] { 0.5, 0.75 }));
        IEnumerable<double> seen = fractions.Select(f => f.GetProperty("withoutPromptClassification").GetProperty("seen").GetDouble());
        Assert.That(seen, Is.All.InRange(0, 1));
        string html = File.ReadAllText(other.In("report", "index.html"));
        Assert.That(html, Does.Contain("Figure 4b"));
        foreach (int share in (int[])[50, 75, 100])
            Assert.That(html, Does.Contain($"{share}% of labels"));
    }

    [Test]
    public void Another_clip_makes_the_embeddings()
    {
        string clip = Training.Tests.TinyModel.Write(tiny["clip"], seed: 9);
        int before = Directory.GetDirectories(tiny.In("embeddings"), "images-*").Length;
        Train("--clip", clip, "--no-prompt-classification", "--epochs", "1").Succeeded();
        Assert.That(Directory.GetDirectories(tiny.In("embeddings"), "images-*"), Has.Length.EqualTo(before + 1));
    }

    [Test]
    public void A_label_for_an_image_that_is_not_there_is_named_by_its_line()
    {
        using var other = new TinyRun();
        other.WithImages();
        CommandRun.TrainReward("--run", other.Path, "--model", other.Model).Failed(2, "no labels", "feedback-server --run", "align rate");
        CommandRun.Align("rate", "--simulated", "--run", other.Path, "--images-per-prompt", "2", "--error-rate", "0.4").Succeeded();
        int lines = File.ReadAllLines(other.In("feedback.jsonl")).Length;
        File.AppendAllText(other.In("feedback.jsonl"),
            """{"image":"images/nowhere.png","prompt":"A star","rater":"x","label":"good","time":"2026-01-01T00:00:00+00:00"}""" + "\n");
        CommandRun.TrainReward("--run", other.Path, "--model", other.Model).Failed(2, $"feedback.jsonl:{lines + 1}", "nowhere.png");
    }

    [TestCase("--seeds", "1,x", "1,x")]
    [TestCase("--seeds", "1,1", "twice")]
    [TestCase("--fraction", "1.5", "--fraction")]
    [TestCase("--fractions", "0.5,1", "below 1")]
    [TestCase("--fractions", "0.5,0.5", "twice")]
    [TestCase("--clip", "nowhere", "nowhere")]
    [TestCase("--perturbed-prompts", "100000", "ask for fewer")]
    [TestCase("--hidden-sizes", "0", "hidden sizes")]
    public void Bad_options_end_with_a_sentence(string option, string value, string expected) => Train(option, value).Failed(2, expected);

    CommandRun Train(params string[] arguments) => CommandRun.TrainReward(["--run", tiny.Path, "--model", tiny.Model, .. arguments]);
}
