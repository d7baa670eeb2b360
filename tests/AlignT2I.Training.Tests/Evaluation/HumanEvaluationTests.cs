using System.Text.Json;
using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Training.Evaluation;

namespace AlignT2I.Training.Tests.Evaluation;

public class HumanEvaluationTests
{
    /// <summary>Nine raters: prompt a has seven votes for the second model, b six, c one vote in all;
    /// a rater changes her mind on a.</summary>
    [Test]
    public void Votes_are_counted_by_prompt()
    {
        using var folder = new TestFolder();
        IEnumerable<ComparisonVote> votes =
        [
            Vote("a", 0, Preference.Tie),
            .. Enumerable.Range(0, 9).Select(r => Vote("a", r, r < 7 ? Preference.Second : Preference.First)),
            .. Enumerable.Range(0, 9).Select(r => Vote("b", r, r < 6 ? Preference.Second : Preference.Tie)),
            Vote("c", 0, Preference.Second),
        ];
        File.WriteAllLines(folder["votes.jsonl"], votes.Select(v => JsonSerializer.Serialize(v, FeedbackJson.Default.ComparisonVote)));
        HumanComparison found = HumanEvaluation.Read(folder["votes.jsonl"]).Single();
        Assert.That((found.First, found.Second), Is.EqualTo(("evaluation/original", "evaluation/full")));
        Assert.That((found.Raters, found.Complete, found.Votes), Is.EqualTo((9, 2, 19)));
        QuestionFigures alignment = found.Alignment;
        Assert.That((alignment.ClearFirst, alignment.ClearTie, alignment.ClearSecond, alignment.Undecided), Is.EqualTo((0, 0, 1, 1)));
        Assert.That(alignment.SecondHistogram, Is.EqualTo(new[] { 0, 0, 0, 0, 0, 0, 1, 1, 0, 0 }));
        Assert.That(found.Fidelity.ClearTie, Is.EqualTo(2));
    }

    [TestCase("", "no vote")]
    [TestCase("""
        {"first":"a","second":"b","raters":0,"prompt":"p","rater":"r","alignment":"tie","fidelity":"tie","time":"2026-01-01T00:00:00Z"}
        """, ":1")]
    [TestCase("""
        {"first":"a","second":"b","raters":9,"prompt":"p","rater":"r","alignment":"left","fidelity":"tie","time":"2026-01-01T00:00:00Z"}
        """, ":1")]
    [TestCase("""{"first":"a"}""", ":1")]
    public void What_is_no_vote_is_refused_by_its_line(string content, string words)
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder["votes.jsonl"], content);
        Assert.That(() => HumanEvaluation.Read(folder["votes.jsonl"]), Throws.TypeOf<FileFormatException>().With.Message.Contains(words));
    }

    static ComparisonVote Vote(string prompt, int rater, Preference alignment) =>
        new("evaluation/original", "evaluation/full", 9, prompt, $"rater {rater}", alignment, Preference.Tie, DateTimeOffset.UnixEpoch);
}
