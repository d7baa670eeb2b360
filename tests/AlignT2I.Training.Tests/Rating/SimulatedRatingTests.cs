using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Training.Evaluation;
using AlignT2I.Training.Miniature;
using AlignT2I.Training.Prompts;
using AlignT2I.Training.Rating;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Tests.Rating;

public class SimulatedRatingTests
{
    static readonly SimulatedRatingOptions faultless = new() { ErrorRate = 0, SkipRate = 0 };

    [Test]
    public void Rendered_images_are_labelled_by_whether_they_show_the_prompt_and_only_once()
    {
        using var folder = new TestFolder();
        using RunFolder run = Rendered(folder);
        IReadOnlyList<FeedbackRecord> labels = SimulatedRating.Run(run, faultless);
        Assert.That(labels, Has.Count.EqualTo(16));
        Assert.That(Labels("-0000.png"), Is.All.EqualTo(FeedbackLabel.Good));
        Assert.That(Labels("-0001.png"), Is.All.EqualTo(FeedbackLabel.Bad));
        Assert.That(labels.Select(l => l.Rater), Is.All.StartsWith("simulated"));
        SimulatedRating.Run(run, faultless);
        Assert.That(File.ReadAllLines(run.FeedbackFile), Has.Length.EqualTo(16));
        Assert.That(FeedbackTable.Count(run).Total, Is.EqualTo(new LabelCounts(Images: 16, Good: 8, Bad: 8, Skip: 0)));
        Assert.That(FeedbackTable.Count(run).Color, Is.EqualTo(new LabelCounts(Images: 4, Good: 2, Bad: 2, Skip: 0)));

        IEnumerable<FeedbackLabel> Labels(string image) =>
            labels.Where(l => l.Image.EndsWith(image, StringComparison.Ordinal)).Select(l => l.Label);
    }

    [Test]
    public void Of_each_prompt_only_the_first_images_are_labelled_when_told_so()
    {
        using var folder = new TestFolder();
        using RunFolder run = Rendered(folder);
        Assert.That(SimulatedRating.Run(run, faultless with { ImagesPerPrompt = 1 }), Has.Count.EqualTo(8));
    }

    [Test]
    public void A_damaged_image_and_impossible_rates_are_named()
    {
        using var folder = new TestFolder();
        using RunFolder run = Rendered(folder);
        File.WriteAllText(run.PathOf(run.ReadImages()[3]), "no picture");
        Assert.That(() => SimulatedRating.Run(run, faultless), Throws.TypeOf<FileFormatException>().With.Message.Contains(".png"));
        Assert.That(() => SimulatedRating.Run(run, faultless with { ErrorRate = 2 }),
            Throws.TypeOf<UsageException>().With.Message.Contains("error rate"));
    }

    /// <summary>Eight prompts of all categories, each with an image that shows it and one of another object.</summary>
    static RunFolder Rendered(TestFolder folder)
    {
        RunFolder run = RunFolder.Open(folder["run"]);
        IReadOnlyList<Prompt> prompts = PromptSets.Create(GrammarFile.Miniature, seed: 2, trainCount: 8).Train;
        RunPrompts.Write(run, prompts, GrammarFile.Miniature);
        RunFolder.Make(run.ImagesFolder);
        using JsonLinesWriter<ImageRecord> manifest = run.OpenManifest();
        foreach (ScenePrompt prompt in prompts.Select(ScenePrompt.Of))
        {
            WorldObject other = prompt.Object == WorldObject.Circle ? WorldObject.Square : WorldObject.Circle;
            Add(0, SceneSampler.Sample(prompt, seed: 9));
            ScenePrompt wrong = SceneGrammar.Create(other, prompt.Count, prompt.Color, prompt.Background, PromptSplit.Train);
            Add(1, SceneSampler.Sample(wrong, seed: 9));

            void Add(int number, Scene scene)
            {
                byte[] rgb = new byte[SceneRenderer.ByteCount];
                SceneRenderer.Render(scene, rgb);
                string id = $"{prompt.Id}-{number:D4}";
                var record = new ImageRecord(id, $"images/{id}.png", prompt.Id, prompt.Text, 0, "rendered", "none", 1, 1);
                Png.Write(run.PathOf(record), new Image(64, 64, 3, rgb));
                manifest.Append(record);
            }
        }
        return run;
    }
}
