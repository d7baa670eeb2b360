using AlignT2I.Files;
using AlignT2I.Training.Demo;

namespace AlignT2I.Training.Tests;

public class OptionsFileTests
{
    [Test]
    public void What_a_file_does_not_name_stays_as_it_goes_with_the_model()
    {
        using var folder = new TestFolder();
        string model = TinyModel.Write(folder["model"]);
        File.WriteAllText(folder["options.json"], """{ "rejectionSamples": 3, "generation": { "guidanceScale": 2 } }""");
        ExperimentOptions mine = OptionsFile.ReadExperiment(folder["options.json"], ExperimentOptions.For(model));
        Assert.That((mine.RejectionSamples, mine.Generation.GuidanceScale, mine.Generation.Steps), Is.EqualTo((3, 2.0, 10)));

        ExperimentOptions paper = OptionsFile.ReadExperiment(folder["options.json"], new() { Generation = new(), Finetune = new() });
        Assert.That((paper.RejectionSamples, paper.Generation.GuidanceScale, paper.Generation.Steps), Is.EqualTo((3, 2.0, 50)));
        Assert.That(paper.Finetune.Steps, Is.EqualTo(10_000));
    }

    [Test]
    public void What_follows_from_other_options_is_no_option()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder["options.json"], """{ "imagesPerStep": 5 }""");
        Assert.That(() => OptionsFile.ReadFinetune(folder["options.json"], new()), Throws.TypeOf<FileFormatException>()
            .With.Message.Contains("there is no option 'imagesPerStep'").And.Message.Contains("learningRateDecay"));
    }

    [Test]
    public void A_folder_of_clip_has_its_tokenizer_beside_its_config()
    {
        using var folder = new TestFolder();
        string clip = Path.Combine(TinyModel.Write(folder["model"]), "tokenizer");
        File.WriteAllText(Path.Combine(clip, "config.json"), "{}");
        Assert.That(ExperimentOptions.For(clip).Reward.HiddenSizes, Is.EqualTo(new[] { 256, 256 }));

        TinyModel.WriteEverydayVocabulary(clip);
        Assert.That(ExperimentOptions.For(clip).Reward.HiddenSizes, Is.EqualTo(new[] { 1024, 1024 }));
    }

    [Test]
    public void A_folder_without_a_tokenizer_is_refused()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder["model"]);
        Assert.That(() => ExperimentOptions.For(folder["model"]), Throws.TypeOf<UsageException>().With.Message.Contains("vocab.json"));
    }
}
