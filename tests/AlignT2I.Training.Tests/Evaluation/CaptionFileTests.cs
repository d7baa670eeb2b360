using AlignT2I.Files;
using AlignT2I.Training.Evaluation;

namespace AlignT2I.Training.Tests.Evaluation;

public class CaptionFileTests
{
    [Test]
    public void Coco_gives_the_first_caption_of_each_image_in_the_order_of_the_images()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder["captions.json"], """
            {"info": {"year": 2014}, "images": [{"id": 9}, {"id": 42}], "annotations": [
              {"image_id": 42, "id": 7, "caption": "A cat on a mat."}, {"image_id": 42, "id": 5, "caption": "A cat\n lies. "},
              {"image_id": 9, "id": 8, "caption": "A dog runs."}, {"image_id": 9, "id": 1, "caption": "  "}]}
            """);
        Assert.That(CaptionFile.Read(folder["captions.json"], most: null), Is.EqualTo(
            new[] { ("coco-000000000009", "A dog runs."), ("coco-000000000042", "A cat lies.") }));
    }

    [Test]
    public void Lines_of_a_text_are_captions_of_their_own()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder["captions.txt"], "A dog\n# not this one\nA dog\nA cat\n");
        Assert.That(CaptionFile.Read(folder["captions.txt"], most: 2),
            Is.EqualTo(new[] { ("caption-000000", "A dog"), ("caption-000001", "A dog") }));
    }

    [TestCase("captions.json", """{"annotations": [{"image_id": 1, "caption": "no id"}]}""", "id")]
    [TestCase("captions.json", """{"images": []}""", "COCO")]
    [TestCase("captions.json", """{"annotations": [{"image_id": 1, "id": 1, "caption": "one"}]}""", "two")]
    [TestCase("captions.txt", "one\n", "two")]
    public void What_holds_no_two_captions_is_refused(string name, string content, string word)
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder[name], content);
        Assert.That(() => CaptionFile.Read(folder[name], most: null), Throws.TypeOf<FileFormatException>().With.Message.Contains(word));
    }
}
