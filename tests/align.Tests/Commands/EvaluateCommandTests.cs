using System.Text.Json;
using System.Text.Json.Nodes;
using AlignT2I.Align.Tests.Distributed;
using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Models.Parity;
using AlignT2I.Training.Tests;

namespace AlignT2I.Align.Tests.Commands;

/// <summary>
/// <c>evaluate</c> as for a model of people's prompts: no simulated rater can judge them, whatever else is there
/// makes its part of the report.
/// </summary>
internal sealed class EvaluateCommandTests
{
    static readonly string[] brief = ["--images-per-prompt", "2", "--rejection-samples", "3", "--steps", "1", "--guidance-scale", "1"];

    TinyRun tiny = null!;

    [SetUp]
    public void MakeRun()
    {
        tiny = new TinyRun();
        tiny.WithReward();
        ForgetObjects(tiny.In("prompts.jsonl"));
    }

    [TearDown]
    public void RemoveRun() => tiny.Dispose();

    [Test]
    public void Without_a_judge_there_is_no_alignment()
    {
        JsonElement report = Evaluate().Json;
        Assert.That(report.TryGetProperty("rewardAccuracy", out _) || report.TryGetProperty("rater", out _), Is.False);
        JsonElement original = report.GetProperty("models").GetProperty("original");
        Assert.That(original.TryGetProperty("alignment", out _) || original.TryGetProperty("frechetDistance", out _), Is.False);
        Assert.That(original.GetProperty("averageReward").GetDouble(), Is.InRange(0, 1));
        Assert.That(original.GetProperty("clipScore").GetDouble(), Is.InRange(-1, 1));
        double best = report.GetProperty("models").GetProperty("rejectionSampling").GetProperty("averageReward").GetDouble();
        Assert.That(best, Is.GreaterThanOrEqualTo(original.GetProperty("averageReward").GetDouble()));
        string html = File.ReadAllText(tiny.In("report", "index.html"));
        Assert.That(html, Does.Contain("Table 2").And.Contain("data:image/png"));
        Assert.That(html, Does.Not.Contain("Alignment (").And.Not.Contain("Figure 4a"));
    }

    [Test]
    public void Labels_beside_the_images_are_peoples_judgement()
    {
        Evaluate();
        Label(tiny.In("evaluation", "original"), (prompt, number) => number == 0);
        JsonElement report = Evaluate().Json;
        Assert.That(report.GetProperty("rater").GetString(), Is.EqualTo("raters"));
        JsonElement accuracy = report.GetProperty("rewardAccuracy").GetProperty("reward");
        Assert.That(accuracy.GetProperty("seenPairs").GetInt32(), Is.EqualTo(4 * 2), "of each prompt one good image and two bad");
        Assert.That(accuracy.GetProperty("unseenPairs").GetInt32(), Is.EqualTo(4 * 2));
        JsonElement alignment = report.GetProperty("models").GetProperty("original").GetProperty("alignment");
        Assert.That(alignment.GetProperty("overall").GetDouble(), Is.EqualTo(0.5), "the first of two");
        string html = File.ReadAllText(tiny.In("report", "index.html"));
        Assert.That(html, Does.Contain("against people’s labels").And.Contain("Alignment (raters)"));
        Assert.That(html, Does.Not.Contain("No person was asked"));
    }

    [Test]
    public void What_is_drawn_in_shards_is_not_drawn_again()
    {
        int drawn = Enumerable.Range(0, 2).Sum(i => Evaluate("--shard", $"{i}/2").Json.GetProperty("images").GetInt32());
        Assert.That(drawn, Is.EqualTo(8 * 3));
        DateTime[] written = Written();
        CommandRun whole = Evaluate();
        Assert.That(whole.Json.GetProperty("models").GetProperty("original").GetProperty("images").GetInt32(), Is.EqualTo(16));
        Assert.That(Written(), Is.EqualTo(written));

        DateTime[] Written() =>
            [.. Directory.EnumerateFiles(tiny.In("evaluation", "original", "images"), "*.png").Order().Select(File.GetLastWriteTimeUtc)];
    }

    [Test]
    public void Killed_while_it_draws_it_goes_on_to_the_same_report()
    {
        JsonElement expected = Evaluate().Json.GetProperty("models");
        foreach (string made in (string[])["evaluation", "report", "embeddings"])
            Directory.Delete(tiny.In(made), recursive: true);
        // One image after the other, and so many that the kill comes long before the report is due.
        string[] arguments =
        [
            "evaluate", "--run", tiny.Path, "--model", tiny.Model, "--images-per-prompt", "2", "--rejection-samples", "120",
            "--steps", "1", "--guidance-scale", "1", "--batch-size", "1",
        ];
        foreach (int images in (int[])[3, 11])
        {
            using Launcher process = Launcher.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "align.dll"), .. arguments]);
            process.WaitUntil(() => Drawn() >= images, $"{images} images");
            process.Kill();
            Assert.That(File.Exists(tiny.In("report", "report.json")), Is.False, "an unfinished report must not look finished");
        }
        Assert.That(Evaluate().Json.GetProperty("models").ToString(), Is.EqualTo(expected.ToString()));

        int Drawn() => Directory.Exists(tiny.In("evaluation"))
            ? Directory.GetFiles(tiny.In("evaluation"), "*.png", SearchOption.AllDirectories).Length
            : 0;
    }

    [Test]
    public void Votes_make_a_section()
    {
        var vote = new ComparisonVote(
            "evaluation/original", "evaluation/full", 1, "A dog", "r", Preference.Second, Preference.Tie, DateTimeOffset.UnixEpoch);
        File.WriteAllText(tiny["votes.jsonl"], JsonSerializer.Serialize(vote, FeedbackJson.Default.ComparisonVote));
        JsonElement people = Evaluate("--votes", tiny["votes.jsonl"]).Json.GetProperty("humanEvaluation")[0];
        Assert.That(people.GetProperty("alignment").GetProperty("clearSecond").GetInt32(), Is.EqualTo(1));
        Assert.That(File.ReadAllText(tiny.In("report", "index.html")), Does.Contain("full against original").And.Contain("seven in nine"));
    }

    [Test]
    public void Sources_that_are_missing_or_do_not_go_together_are_refused()
    {
        string nowhere = tiny["nowhere"];
        File.WriteAllText(tiny["captions.txt"], "A dog\nA cat\n");
        Refused(["--captions", tiny["captions.txt"]], "all three");
        Refused(["--captions", tiny["captions.txt"], "--reference", nowhere, "--inception", tiny["captions.txt"]], "nowhere");
        Refused(["--votes", nowhere], "nowhere");
        Refused(["--aesthetic", nowhere], "nowhere");
        Refused(["--caption-size", "4"], "4 pixels");
        Refused(["--shard", "2/2"], "2/2");
        Evaluate();
        File.WriteAllText(tiny.In("evaluation", "original", "feedback.jsonl"),
            """{"image":"images/stranger.png","prompt":"p","rater":"r","label":"good","time":"2026-01-01T00:00:00Z"}""" + "\n");
        Refused([], "stranger.png");
    }

    [Test, Category("Slow")]
    public void Captions_make_the_fid_of_each_model()
    {
        File.WriteAllText(tiny["captions.json"], """
            {"annotations": [{"image_id": 1, "id": 1, "caption": "a red circle"}, {"image_id": 2, "id": 2, "caption": "two stars"}]}
            """);
        SyntheticInception.Write(tiny["inception.safetensors"], new SyntheticWeights(SyntheticVariant.V1He, 1));
        string[] fid =
        [
            "--captions", tiny["captions.json"], "--caption-size", "32", "--reference", tiny.In("images"),
            "--inception", tiny["inception.safetensors"],
        ];
        JsonElement report = Evaluate(fid).Json;
        Assert.That(report.GetProperty("models").GetProperty("original").GetProperty("fid").GetDouble(), Is.Positive);
        Assert.That(report.GetProperty("fid").GetProperty("images").GetInt32(), Is.EqualTo(2));
        ImageRecord[] drawn = [.. ImageManifest.Read(tiny.In("fid", "original"))];
        Assert.That(drawn.Select(i => i.Id), Is.EqualTo(new[] { "coco-000000000001-0000", "coco-000000000002-0000" }));
        Assert.That(drawn.Select(i => i.Height), Is.All.EqualTo(32));

        CommandRun again = Evaluate(fid);
        Assert.That(again.Error, Does.Not.Contain("Inception features"), "neither image nor feature is made twice");
        Assert.That(again.Json.GetProperty("models").ToString(), Is.EqualTo(report.GetProperty("models").ToString()));
    }

    CommandRun Evaluate(params string[] more) =>
        CommandRun.Align(["evaluate", "--run", tiny.Path, "--model", tiny.Model, "--json", .. brief, .. more]).Succeeded();

    void Refused(string[] more, string word) =>
        CommandRun.Align(["evaluate", "--run", tiny.Path, "--model", tiny.Model, .. brief, .. more]).Failed(2, word);

    /// <summary>Makes evaluation prompts such as come from elsewhere: text and category, and nothing of the miniature world.</summary>
    static void ForgetObjects(string file)
    {
        IEnumerable<JsonObject> prompts = File.ReadAllLines(file).Select(line => JsonNode.Parse(line)!.AsObject());
        File.WriteAllLines(file, [.. prompts.Select(p =>
        {
            if ((string)p["split"]! is "seen" or "unseen")
                p.Remove("object");
            return p.ToJsonString();
        })]);
    }

    /// <summary>Labels images of evaluation prompts by a person, as the feedback server writes labels.</summary>
    static void Label(string folder, Func<string, int, bool> isGood)
    {
        using FeedbackFile file = FeedbackFile.Open(Path.Combine(folder, "feedback.jsonl"));
        foreach (IGrouping<string, ImageRecord> prompt in ImageManifest.Read(folder).GroupBy(i => i.PromptId))
        {
            int number = 0;
            foreach (ImageRecord image in prompt)
            {
                FeedbackLabel label = isGood(prompt.Key, number++) ? FeedbackLabel.Good : FeedbackLabel.Bad;
                file.Append(new FeedbackRecord(image.File, image.Text, "anna", label, DateTimeOffset.UnixEpoch));
            }
        }
    }
}
