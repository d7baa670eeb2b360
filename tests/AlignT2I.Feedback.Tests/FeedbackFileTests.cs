using AlignT2I.Files;

namespace AlignT2I.Feedback.Tests;

internal sealed class FeedbackFileTests
{
    const string Prompt = "Three red stars on the moon";

    string folder = "";

    string FilePath => Path.Combine(folder, "feedback.jsonl");

    [SetUp]
    public void CreateFolder() => folder = Directory.CreateTempSubdirectory("align-feedback-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(folder, recursive: true);

    static FeedbackRecord Label(string image, string rater, FeedbackLabel label, int minute = 0)
        => new($"images/{image}.png", Prompt, rater, label, new DateTimeOffset(2026, 3, 1, 12, minute, 0, TimeSpan.Zero));

    void Append(params FeedbackRecord[] records)
    {
        using FeedbackFile file = FeedbackFile.Open(FilePath);
        foreach (FeedbackRecord record in records)
            file.Append(record);
        file.FlushToDisk();
    }

    [Test]
    public void A_line_reads_as_documented()
    {
        Append(Label("1", "anna", FeedbackLabel.Good));
        string line =
            $$"""{"image":"images/1.png","prompt":"{{Prompt}}","rater":"anna","label":"good","time":"2026-03-01T12:00:00+00:00"}""";
        Assert.That(File.ReadAllText(FilePath), Is.EqualTo(line + "\n"));
    }

    [Test]
    public void The_last_label_of_a_rater_for_an_image_counts()
    {
        Append(Label("1", "anna", FeedbackLabel.Good), Label("2", "anna", FeedbackLabel.Skip), Label("1", "ben", FeedbackLabel.Good));
        Append(Label("1", "anna", FeedbackLabel.Bad, minute: 5));
        Assert.That(FeedbackFile.Read(FilePath), Is.EqualTo(new[]
        {
            Label("1", "anna", FeedbackLabel.Bad, minute: 5), Label("2", "anna", FeedbackLabel.Skip),
            Label("1", "ben", FeedbackLabel.Good),
        }));
    }

    [Test]
    public void A_kill_loses_at_most_the_label_in_flight()
    {
        Append(Label("1", "anna", FeedbackLabel.Good), Label("2", "anna", FeedbackLabel.Bad));
        using (FileStream stream = File.OpenWrite(FilePath))
            stream.SetLength(stream.Length - 9);
        Append(Label("3", "anna", FeedbackLabel.Bad));
        Assert.That(FeedbackFile.Read(FilePath).Select(r => r.Image), Is.EqualTo(new[] { "images/1.png", "images/3.png" }));
    }

    [TestCase("""{"image":"images/2.png","prompt":"p","rater":"r","label":"fine","time":"2026-03-01T12:00:00Z"}""", "its 'label'")]
    [TestCase("""{"image":"images/2.png","prompt":"p","rater":"r","label":1,"time":"2026-03-01T12:00:00Z"}""", "its 'label'")]
    [TestCase("""{"image":"images/2.png","prompt":"p","rater":"r","label":"good","time":"yesterday"}""", "its 'time'")]
    [TestCase("""{"image":"images/2.png","prompt":"p","rater":"r","label":"good"}""", "time")]
    [TestCase("""{"image":"images/2.png","prompt":null,"rater":"r","label":"good","time":"2026-03-01T12:00:00Z"}""", "")]
    [TestCase("""{"image":"images/2.png","prompt":" ","rater":"r","label":"good","time":"2026-03-01T12:00:00Z"}""", "prompt is empty")]
    [TestCase("""{"image":"images/2.png","prompt":"p","rater":"","label":"good","time":"2026-03-01T12:00:00Z"}""", "rater is empty")]
    [TestCase("""{"image":"../2.png","prompt":"p","rater":"r","label":"good","time":"2026-03-01T12:00:00Z"}""", "below the run folder")]
    [TestCase("""{"image":"/2.png","prompt":"p","rater":"r","label":"good","time":"2026-03-01T12:00:00Z"}""", "below the run folder")]
    [TestCase("""{"image":"images/1.png","prompt":"other","rater":"r","label":"good","time":"2026-03-01T12:00:00Z"}""", "line 1 says")]
    [TestCase("garbage", "")]
    public void A_bad_line_is_named(string line, string reason)
    {
        Append(Label("1", "anna", FeedbackLabel.Good));
        File.AppendAllText(FilePath, line + "\n");
        Assert.That(() => FeedbackFile.Read(FilePath),
            Throws.TypeOf<FileFormatException>().With.Message.StartsWith(FilePath + ":2: ").And.Message.Contains(reason));
    }

    [Test]
    public void A_bad_label_is_not_written()
    {
        Assert.That(() => Append(Label("1", " ", FeedbackLabel.Good)), Throws.TypeOf<UsageException>().With.Message.Contains("rater"));
        Assert.That(() => Append(Label("../../1", "anna", FeedbackLabel.Good)), Throws.TypeOf<UsageException>());
        Assert.That(FeedbackFile.Read(FilePath), Is.Empty);
    }

    [Test]
    public void A_missing_file_is_a_usage_error()
        => Assert.That(() => FeedbackFile.Read(FilePath), Throws.TypeOf<UsageException>().With.Message.StartsWith(FilePath));

    [Test]
    public void Labels_are_counted_per_image()
    {
        IReadOnlyList<LabelledImage> images = LabelledImage.FromFeedback(
        [
            Label("1", "a", FeedbackLabel.Good), Label("2", "a", FeedbackLabel.Skip), Label("3", "a", FeedbackLabel.Bad),
            Label("1", "b", FeedbackLabel.Good),
            Label("1", "c", FeedbackLabel.Bad), Label("3", "b", FeedbackLabel.Skip), Label("4", "a", FeedbackLabel.Good),
            Label("4", "b", FeedbackLabel.Bad),
        ]);
        Assert.That(images, Is.EqualTo(new LabelledImage[]
        {
            new("images/1.png", Prompt, 2, 1), new("images/3.png", Prompt, 0, 1), new("images/4.png", Prompt, 1, 1),
        }));
        Assert.That(images.Select(i => i.GoodShare), Is.EqualTo(new[] { 2.0 / 3, 0, 0.5 }));
        Assert.That(images.Select(i => i.Majority), Is.EqualTo(new FeedbackLabel?[] { FeedbackLabel.Good, FeedbackLabel.Bad, null }));
    }
}
