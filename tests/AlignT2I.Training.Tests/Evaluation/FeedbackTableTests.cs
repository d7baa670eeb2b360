using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Training.Evaluation;
using AlignT2I.Training.Prompts;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Tests.Evaluation;

public class FeedbackTableTests
{
    [Test]
    public void An_image_of_several_raters_counts_once_by_what_most_of_them_said()
    {
        using var folder = new TestFolder();
        using RunFolder run = RunFolder.Open(folder["run"]);
        Prompt prompt = PromptSets.Create(GrammarFile.Miniature, seed: 2, trainCount: 8).Train[0];
        RunPrompts.Write(run, [prompt], GrammarFile.Miniature);
        string[] labels = ["gbg", "bbs", "gb", "ss", "g"];      // good, bad, undecided, skipped, good
        using (JsonLinesWriter<ImageRecord> manifest = run.OpenManifest())
        using (FeedbackFile file = FeedbackFile.Open(run.FeedbackFile))
        {
            for (int i = 0; i < labels.Length; i++)
            {
                manifest.Append(new ImageRecord($"{i}", $"images/{i}.png", prompt.Id, prompt.Text, 0, "model", "none", 1, 1));
                foreach ((int rater, char label) in labels[i].Index())
                {
                    FeedbackLabel said = label == 'g' ? FeedbackLabel.Good : label == 'b' ? FeedbackLabel.Bad : FeedbackLabel.Skip;
                    file.Append(new FeedbackRecord($"images/{i}.png", prompt.Text, $"rater {rater}", said, DateTimeOffset.UnixEpoch));
                }
            }
            file.Append(new FeedbackRecord("images/stranger.png", prompt.Text, "rater", FeedbackLabel.Good, DateTimeOffset.UnixEpoch));
        }
        Assert.That(FeedbackTable.Count(run).Total, Is.EqualTo(new LabelCounts(Images: 5, Good: 2, Bad: 1, Skip: 2)));
    }
}
