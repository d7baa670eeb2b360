using AlignT2I.Files;
using AlignT2I.Training.Miniature;

namespace AlignT2I.Training.Tests.Miniature;

public class PromptFileTests
{
    string path = "";

    [SetUp]
    public void NameFile() => path = Path.Combine(Path.GetTempPath(), $"prompts-{Guid.NewGuid():N}.jsonl");

    [TearDown]
    public void DeleteFile() => File.Delete(path);

    [Test]
    public void Reads_what_it_wrote()
    {
        IReadOnlyList<ScenePrompt> prompts = PromptSets.Create(0, trainCount: 50).Train;
        PromptFile.Write(path, prompts);
        Assert.That(PromptFile.Read(path), Is.EqualTo(prompts));
    }

    [Test]
    public void Writes_the_documented_fields()
    {
        PromptFile.Write(path,
        [
            PromptGrammar.Create(WorldObject.Star, 3, WorldColor.Red, WorldBackground.Moon, PromptSplit.Train),
            PromptGrammar.Create(WorldObject.Heart, null, WorldColor.Blue, null, PromptSplit.Unseen),
        ]);
        string expected =
            "{'id':'three-red-stars-on-the-moon','text':'Three red stars on the moon','category':'combination','object':'star',"
            + "'split':'train','count':3,'color':'red','background':'moon'}\n"
            + "{'id':'a-blue-heart','text':'A blue heart','category':'color','object':'heart','split':'unseen','color':'blue'}\n";
        Assert.That(File.ReadAllText(path), Is.EqualTo(expected.Replace('\'', '"')));
    }

    [TestCase("", "no prompt")]
    [TestCase("""{"id":"x"}""", ":1: ")]
    [TestCase("""{"id":"x","text":"Two tigers","category":"count","object":"circle","split":"train","count":2}""", "'tigers'")]
    [TestCase("""{"id":"x","text":"Two stars","category":"count","object":"star","split":"train","count":3}""", "\"count\":2")]
    [TestCase("""{"id":"x","text":"Two stars","category":"count","object":1,"split":"train","count":2}""", ":1: ")]
    [TestCase("""{"id":"../x","text":"Two stars","category":"count","object":"star","split":"train","count":2}""", "'../x'")]
    [TestCase("""{"id":null,"text":"Two stars","category":"count","object":"star","split":"train","count":2}""", ":1: ")]
    [TestCase(
        """
        {"id":"x","text":"Two stars","category":"count","object":"star","split":"train","count":2}
        {"id":"x","text":"Two stars","category":"count","object":"star","split":"train","count":2}
        """, ":2: id 'x' occurs twice")]
    public void Refuses_a_bad_file(string content, string expected)
    {
        File.WriteAllText(path, content + "\n");
        Assert.That(() => PromptFile.Read(path), Throws.InstanceOf<FileFormatException>().With.Message.Contains(expected));
    }

    [Test]
    public void Refuses_a_missing_file() => Assert.That(() => PromptFile.Read(path), Throws.InstanceOf<UsageException>());
}
