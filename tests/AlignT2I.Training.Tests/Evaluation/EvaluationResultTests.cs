using System.Text.Json;
using AlignT2I.Files;
using AlignT2I.Training.Evaluation;
using AlignT2I.Training.Prompts;

namespace AlignT2I.Training.Tests.Evaluation;

public class EvaluationResultTests
{
    [Test]
    public void Report_has_the_documented_keys_and_reads_back()
    {
        using var folder = new TestFolder();
        EvaluationResult result = Sample();
        result.Write(folder["report.json"]);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(folder["report.json"]));
        JsonElement root = json.RootElement;
        foreach (string key in (string[])["seed", "elapsedSeconds", "peakResidentBytes"])
            Assert.That(root.TryGetProperty(key, out _), Is.True, key);
        foreach (string key in (string[])["reward", "withoutPromptClassification", "clipScore"])
        {
            Assert.That(root.GetProperty("rewardAccuracy").GetProperty(key).TryGetProperty("seen", out _), Is.True, key);
            Assert.That(root.GetProperty("rewardAccuracy").GetProperty(key).TryGetProperty("unseen", out _), Is.True, key);
        }
        foreach (string model in (string[])["original", "full", "rejectionSampling"])
        {
            JsonElement figures = root.GetProperty("models").GetProperty(model);
            foreach (string key in (string[])["averageReward", "frechetDistance"])
                Assert.That(figures.TryGetProperty(key, out _), Is.True, $"{model} {key}");
            foreach (string key in (string[])["overall", "seen", "unseen", "count", "color", "background", "combination"])
                Assert.That(figures.GetProperty("alignment").TryGetProperty(key, out _), Is.True, key);
        }
        Assert.That(root.GetProperty("models").TryGetProperty("humanOnly", out _), Is.False);
        Assert.That(EvaluationResult.Read(folder["report.json"]), Is.EqualTo(result));
    }

    [Test]
    public void A_file_that_is_no_report_is_refused()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder["report.json"], "[1, 2]");
        Assert.That(() => EvaluationResult.Read(folder["report.json"]), Throws.TypeOf<FileFormatException>());
        Assert.That(() => EvaluationResult.Read(folder["none.json"]), Throws.TypeOf<UsageException>());
    }

    [Test]
    public void Pairs_are_counted_within_prompts_and_ties_count_half()
    {
        (double accuracy, int pairs) = PairwiseAccuracy.Count(
        [
            ("a", true, 0.9), ("a", false, 0.5), ("a", false, 0.95),    // right, wrong
            ("b", true, 0.3), ("b", false, 0.3),                        // tie
            ("c", true, 0.1), ("d", false, 0.8),                        // no pair: different prompts
        ]);
        Assert.That(pairs, Is.EqualTo(3));
        Assert.That(accuracy, Is.EqualTo(0.5));
    }

    [Test]
    public void No_pair_is_chance()
    {
        Assert.That(PairwiseAccuracy.Count([("a", true, 1)]), Is.EqualTo((0.5, 0)));
    }

    [Test]
    public void Alignment_is_split_by_set_and_category()
    {
        PromptSets sets = PromptSets.Create(GrammarFile.Miniature, seed: 0, trainCount: 4);
        Prompt seenCount = sets.Seen.First(p => p.Category == PromptCategory.Count);
        Prompt unseenColor = sets.Unseen.First(p => p.Category == PromptCategory.Color);
        AlignmentRates rates = AlignmentRates.Of([(seenCount, true), (seenCount, false), (unseenColor, true), (unseenColor, true)]);
        Assert.That(rates, Is.EqualTo(
            new AlignmentRates(Overall: 0.75, Seen: 0.5, Unseen: 1, Count: 0.5, Color: 1, Background: null, Combination: null)));
    }

    static EvaluationResult Sample()
    {
        var labels = new LabelCounts(10, 5, 4, 1);
        var rates = new AlignmentRates(0.5, 0.6, 0.4, 0.3, 0.7, 0.8, 0.2);
        var model = new ModelEvaluation(0.55, 1.25, rates, 480);
        var pairs = new PairwiseAccuracy(0.9, 0.8, 100, 90);
        return new EvaluationResult(
            7, 200.5, 1 << 30, new FeedbackCounts(labels, labels, labels, labels, labels),
            new RewardAccuracy(pairs, pairs, pairs), new ModelEvaluations(model, model, model));
    }
}
