using AlignT2I.Files;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Tests.Runs;

public class RunFolderTests
{
    [Test]
    public void A_second_process_is_refused_until_the_first_ends()
    {
        using var folder = new TestFolder();
        RunFolder first = RunFolder.Open(folder["run"]);
        Assert.That(() => RunFolder.Open(folder["run"]),
            Throws.TypeOf<UsageException>().With.Message.Contains("working in this run folder"));
        first.Dispose();
        RunFolder.Open(folder["run"]).Dispose();
    }

    [Test]
    public void Shards_work_side_by_side()
    {
        using var folder = new TestFolder();
        using RunFolder a = RunFolder.Open(folder["run"], new Shard(0, 2)), b = RunFolder.Open(folder["run"], new Shard(1, 2));
        Assert.That(() => RunFolder.Open(folder["run"], new Shard(1, 2)), Throws.TypeOf<UsageException>());
    }

    [TestCase("../../outside.png")]
    [TestCase("images/../outside.png")]
    [TestCase("/etc/passwd")]
    [TestCase("images/.hidden.png")]
    public void A_manifest_that_points_outside_is_refused(string file)
    {
        using var folder = new TestFolder();
        using RunFolder run = RunFolder.Open(folder["run"]);
        File.WriteAllText(folder["run/images.jsonl"], $$"""
            {"id":"a","file":"{{file}}","promptId":"a","text":"A star","seed":1,"modelHash":"x","sampler":"s","steps":1,"guidanceScale":1}

            """);
        Assert.That(() => run.ReadImages(), Throws.TypeOf<FileFormatException>().With.Message.Contains("images.jsonl:1"));
    }

    [Test]
    public void No_images_and_a_broken_line_are_named()
    {
        using var folder = new TestFolder();
        using RunFolder run = RunFolder.Open(folder["run"]);
        Assert.That(() => run.ReadImages(), Throws.TypeOf<UsageException>().With.Message.Contains("no images"));
        File.WriteAllText(folder["run/images.jsonl"], "{\"id\":\"a\"}\n");
        Assert.That(() => run.ReadImages(), Throws.TypeOf<FileFormatException>().With.Message.Contains("images.jsonl:1"));
    }

    [TestCase("1/1")]
    [TestCase("-1/2")]
    [TestCase("2")]
    [TestCase("a/b")]
    public void A_shard_that_is_none_is_refused(string text)
    {
        Assert.That(() => Shard.Parse(text), Throws.TypeOf<UsageException>().With.Message.Contains("0/4"));
    }

    [Test]
    public void Shards_share_all_the_work()
    {
        Shard[] shards = [Shard.Parse("0/3"), Shard.Parse("1/3"), Shard.Parse("2/3")];
        Assert.That(Enumerable.Range(0, 10).All(i => shards.Count(s => s.Has(i)) == 1), Is.True);
    }
}
